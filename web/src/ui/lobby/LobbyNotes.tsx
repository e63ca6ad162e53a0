import CloudOff from 'lucide-react/icons/cloud-off';
import Info from 'lucide-react/icons/info';
import MicOff from 'lucide-react/icons/mic-off';
import ShieldAlert from 'lucide-react/icons/shield-alert';
import Users from 'lucide-react/icons/users';
import { lazy, Suspense } from 'react';
import { type CallState, isRelayMissing } from '../../call/callState';
import type { ErrorCode } from '../../lib/errors';
import { pathOf } from '../../lib/route';
import { strings } from '../../lib/strings';
import { Arc } from '../shared/Arc';
import { Note, Steps } from '../shared/Note';
import { PageLink } from '../PageLink';
import { loadSurely } from '../loadSurely';
import { useCall } from '../useCall';
import { mirrorOf } from './mirror';
import { isFull } from './isFull';
import css from './JoinPanel.module.css';

const DoorNote = lazy(loadSurely(() => import('./DoorNote')));

/** What one should know before joining; nothing in most cases. */
export function LobbyNotes() {
  const roomId = useCall((state) => state.roomId);
  const mirror = useCall((state) => mirrorOf(state.media).name);
  const microphoneProblem = useCall((state) => state.media.microphone.problem);
  const failure = useCall(failureOf);
  const saysAllAlready = mirror === 'refused' || mirror === 'insecure' || mirror === 'ask';
  return (
    <div className={css['notes']}>
      {mirror === 'refused' && (
        <Note icon={<Info aria-hidden="true" />} words={{ what: strings.lobby.stepsTitle }}>
          <Steps steps={strings.lobby.steps} />
        </Note>
      )}
      {mirror === 'insecure' && (
        <Note icon={<Info aria-hidden="true" />} words={{ what: strings.lobby.stepsTitle }}>
          <Steps steps={insecureSteps(roomId)} />
        </Note>
      )}
      {microphoneProblem !== null && !saysAllAlready && (
        <Note
          icon={<MicOff aria-hidden="true" />}
          words={strings.device.microphone[microphoneProblem]}
          live
        />
      )}
      <MissingRelay />
      <div className={css['notes']} role="status">
        {failure !== null && <Failure code={failure} />}
      </div>
    </div>
  );
}

/** One's address is to be hidden, and the server has nothing behind which. */
function MissingRelay() {
  const isMissing = useCall(isRelayMissing);
  const isForced = useCall((state) => state.relay.forced);
  if (!isMissing) return null;
  const words = isForced ? strings.lobby.relayAway : strings.lobby.relayMissing;
  return <Note icon={<ShieldAlert aria-hidden="true" />} look="caution" words={words} live />;
}

function Failure({ code }: { readonly code: ErrorCode }) {
  const isAnswering = useCall((state) => state.lookup.name === 'found');
  const roomId = useCall((state) => state.roomId);
  switch (code) {
    case 'server_unreachable':
      return isAnswering ? (
        <Note icon={<CloudOff aria-hidden="true" />} look="caution" words={strings.lobby.serverIsBack} />
      ) : (
        <Note icon={<Arc />} look="caution" words={strings.problem.server_unreachable}>
          <PageLink to={{ name: 'check' }}>{strings.check}</PageLink>
        </Note>
      );
    case 'room_full':
      return <Note icon={<Users aria-hidden="true" />} words={strings.lobby.fullNote} />;
    case 'sign_in_required':
      return (
        <Note icon={<Info aria-hidden="true" />} words={strings.problem.sign_in_required}>
          <PageLink to={{ name: 'account', page: 'sign-in', roomId }}>{strings.signIn}</PageLink>
        </Note>
      );
    default:
      return (
        <Suspense>
          <DoorNote code={code} />
        </Suspense>
      );
  }
}

/** Why the room could not be entered or looked up; null while there is nothing to say. */
function failureOf(state: CallState): ErrorCode | null {
  const { lookup, phase } = state;
  const refused = phase.name === 'idle' ? phase.problem?.code : undefined;
  if (isFull(state)) return 'room_full';
  if (lookup.name === 'failed') return lookup.problem.code;
  if (refused === undefined && lookup.name === 'found' && lookup.door.time === 'notOpen')
    return 'room_not_open';
  // A room that was full and has a place again is nothing to tell.
  return refused === undefined || refused === 'room_full' ? null : refused;
}

/** This page under https, and on the server's own machine. */
function insecureSteps(roomId: string): readonly string[] {
  const path = pathOf({ name: 'room', roomId });
  const port = location.port === '' ? '' : `:${location.port}`;
  return [
    strings.lobby.openHttps({ link: `https://${location.hostname}${path}` }),
    strings.lobby.openLocal({ link: `http://localhost${port}${path}` }),
  ];
}
