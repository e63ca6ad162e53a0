import Clock from 'lucide-react/icons/clock';
import CloudOff from 'lucide-react/icons/cloud-off';
import Link from 'lucide-react/icons/link';
import MicOff from 'lucide-react/icons/mic-off';
import ScreenShareOff from 'lucide-react/icons/screen-share-off';
import ShieldAlert from 'lucide-react/icons/shield-alert';
import SignalLow from 'lucide-react/icons/signal-low';
import UserRoundCog from 'lucide-react/icons/user-round-cog';
import VideoOff from 'lucide-react/icons/video-off';
import VolumeOff from 'lucide-react/icons/volume-off';
import { memo } from 'react';
import { useStore } from 'zustand';
import { isRelayMissing } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { Button } from '../shared/Button';
import { useLate } from '../shared/useLate';
import { useCall, useSession } from '../useCall';
import { KnockNotice } from './KnockNotice';
import type { Notice, NoticeBoard } from './NoticeBoard';
import css from './Notices.module.css';
import { NoticeView } from './NoticeView';
import type { PanelChoice } from './panel/usePanel';
import { SharingStrip } from './SharingStrip';
import { useSoundGate, type SoundGate } from './SoundGate';

const SHOWN_AT_ONCE = 2;
/** A server that is started again is back sooner; until then the word in the top line is enough. */
const AWAY_FOR_LONG_MS = 6000;

const ICONS: Readonly<Record<Notice['about'], typeof Link>> = {
  link: Link,
  microphone: MicOff,
  camera: VideoOff,
  connection: SignalLow,
  screen: ScreenShareOff,
  role: UserRoundCog,
  room: Clock,
};

interface NoticesProps {
  readonly board: NoticeBoard;
  readonly panel: PanelChoice;
}

/** At the top, where no face is covered; what asks for an answer stays, the rest goes by itself. */
export const Notices = memo(function Notices({ board, panel }: NoticesProps) {
  const session = useSession();
  const sound = useSoundGate();
  const passing = useStore(board.store);
  const isAway = useLate(
    useCall((state) => state.phase.name === 'reconnecting'),
    AWAY_FOR_LONG_MS,
  );
  return (
    <div className={css['notices']} role="status">
      <SharingStrip />
      <KnockNotice board={board} panel={panel} />
      <BlockedSound sound={sound} />
      <MissingRelay />
      {isAway && (
        <NoticeView icon={<CloudOff aria-hidden="true" />} words={strings.call.serverAway} look="caution">
          <Button
            onClick={() => {
              session.retry();
            }}
          >
            {strings.call.tryNow}
          </Button>
        </NoticeView>
      )}
      {passing.slice(-SHOWN_AT_ONCE).map(({ id, about, words }) => {
        const Icon = ICONS[about];
        return (
          <NoticeView
            key={id}
            icon={<Icon aria-hidden="true" />}
            words={words}
            look={about === 'connection' ? 'caution' : 'plain'}
            onGone={() => {
              board.remove(id);
            }}
          />
        );
      })}
    </div>
  );
});

/** Stays: nobody can be reached like this. */
function MissingRelay() {
  const isMissing = useCall(isRelayMissing);
  const isForced = useCall((state) => state.relay.forced);
  if (!isMissing) return null;
  const words = isForced ? strings.lobby.relayAway : strings.lobby.relayMissing;
  return <NoticeView icon={<ShieldAlert aria-hidden="true" />} words={words} look="caution" />;
}

function BlockedSound({ sound }: { readonly sound: SoundGate }) {
  const { isBlocked } = useStore(sound.store);
  if (!isBlocked) return null;
  return (
    <NoticeView icon={<VolumeOff aria-hidden="true" />} words={strings.call.soundBlocked} look="caution">
      <Button
        look="primary"
        onClick={() => {
          sound.open();
        }}
      >
        {strings.call.hear}
      </Button>
    </NoticeView>
  );
}
