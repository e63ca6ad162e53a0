import { Activity, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { others, titleOf } from '../../call/callState';
import { VoiceWatch } from '../../call/VoiceWatch';
import { callTitle } from '../../lib/callPhrases';
import { strings } from '../../lib/strings';
import { prepareLists } from '../../words/formats';
import { useCall, useSession } from '../useCall';
import { AloneCard } from './AloneCard';
import css from './CallPage.module.css';
import { ControlBar } from './ControlBar';
import { DetailsContext, useDetailsIn } from './Details';
import { KeysDialog, loadLateParts } from './lateParts';
import { NoticeBoard } from './NoticeBoard';
import { Notices } from './Notices';
import { Panels } from './panel/Panels';
import { usePanel } from './panel/usePanel';
import { OwnVoice, OwnVoiceContext, useHearing } from './OwnVoice';
import { RosterNews } from './RosterNews';
import { SoundGate, SoundGateContext } from './SoundGate';
import { Stage } from './Stage';
import { StageChoice, StageChoiceContext } from './StageChoice';
import { TalkContext, talkOf } from './talk';
import { TalkNews } from './TalkNews';
import { TopLine } from './TopLine';
import { useCallKeys } from './useCallKeys';
import { useModeratedNotice } from './useModeratedNotice';
import { useDeviceNotices } from './useDeviceNotices';
import { useIdle } from './useIdle';
import { useMediaSession } from './useMediaSession';
import { useOnceLinked } from './useOnceLinked';
import { useRoomTimeNotice } from './useRoomTimeNotice';
import { useWakeLock } from './useWakeLock';
import { useWeakNotice } from './useWeakNotice';
import { useListening, VoicesContext } from './Voices';

/** Of the others: with more of them than this the page is as it is with two. */
const SEVERAL = 2;

/** The call. Faces first; what is on top of them goes when nobody needs it. */
export function CallPage() {
  const session = useSession();
  const [sound] = useState(() => new SoundGate());
  const [board] = useState(() => new NoticeBoard());
  const [stage] = useState(() => new StageChoice());
  const [voice] = useState(() => new OwnVoice());
  useHearing(voice);
  const [voices] = useState(() => new VoiceWatch());
  useListening(voices);
  useMediaSession();
  const company = useOnceLinked(
    useCall((state) => Math.min(others(state).length, SEVERAL)),
    0,
  );
  const [hadCompany, setHadCompany] = useState(false);
  if (company > 0 && !hadCompany) setHadCompany(true);
  const main = useRef<HTMLElement>(null);
  const isSettled = useOnceLinked(
    useCall((state) => state.selfId !== null),
    false,
  );
  const isIdle = useIdle(company === 1);
  const talk = talkOf(session);
  const panel = usePanel();
  const details = useDetailsIn(panel);
  const [isKeysShown, setKeysShown] = useState(false);
  const showKeys = useCallback(() => {
    setKeysShown(true);
  }, []);
  const hideKeys = useCallback(() => {
    setKeysShown(false);
  }, []);
  useCallKeys({ session, stage, showKeys, togglePanel: panel.toggle });
  useModeratedNotice(board);
  useRoomTimeNotice(board);
  useDeviceNotices(board);
  useWeakNotice(board);
  useWakeLock(useCall((state) => state.selfId !== null));
  useEffect(() => onceIdle(prepareLists), []);
  useEffect(loadLateParts, []);
  useEffect(() => {
    // The button Join is gone: keys go on from here.
    if (document.activeElement === document.body) main.current?.focus();
  }, []);
  return (
    <TalkContext value={talk}>
      <SoundGateContext value={sound}>
        <VoicesContext value={voices}>
          <OwnVoiceContext value={voice}>
            <StageChoiceContext value={stage}>
              <DetailsContext value={details}>
                <Title />
                <main
                  ref={main}
                  className={css['call']}
                  tabIndex={-1}
                  data-stage
                  {...(isIdle && { 'data-idle': true })}
                  {...(panel.shown !== null && { 'data-panel': true })}
                >
                  <Stage />
                  <Activity mode={isSettled ? 'visible' : 'hidden'}>
                    <TopLine isOverPicture={company < SEVERAL} />
                    <Notices board={board} panel={panel} />
                    {company === 0 && <AloneCard board={board} isFirst={!hadCompany} />}
                    <ControlBar board={board} showKeys={showKeys} panel={panel} />
                  </Activity>
                  <RosterNews />
                  <TalkNews />
                  {isKeysShown && (
                    <Suspense>
                      <KeysDialog onGone={hideKeys} />
                    </Suspense>
                  )}
                </main>
                <Panels panel={panel} board={board} />
              </DetailsContext>
            </StageChoiceContext>
          </OwnVoiceContext>
        </VoicesContext>
      </SoundGateContext>
    </TalkContext>
  );
}

/** Names who is here. */
function Title() {
  const title = useCall(titleOf);
  const names = useCall(useShallow((state) => others(state).map(({ name }) => name)));
  return <title>{strings.title({ page: callTitle(title, names) })}</title>;
}

/** Calls when the page has nothing to do; not where a browser does not tell. Returns what ends the wait. */
function onceIdle(act: () => void): (() => void) | undefined {
  if (!('requestIdleCallback' in globalThis)) return undefined;
  const handle = requestIdleCallback(act);
  return () => {
    cancelIdleCallback(handle);
  };
}
