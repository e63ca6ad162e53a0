import { titleOf } from '../../../call/callState';
import { linkOpens } from '../../../lib/callPhrases';
import { roomStrings } from '../../../lib/roomStrings';
import { ShareRoom } from '../../rooms/ShareRoom';
import { useCall } from '../../useCall';
import { SidePanel } from '../panel/SidePanel';
import css from './RoomPanel.module.css';

interface InvitePanelProps {
  readonly onClose: () => void;
  readonly onBack: () => void;
}

/** Every way to hand on the link of the room in which one is. */
export default function InvitePanel({ onClose, onBack }: InvitePanelProps) {
  const roomId = useCall((state) => state.roomId);
  const settings = useCall((state) => state.room?.settings);
  const title = useCall(titleOf);
  const words = roomStrings.call;
  return (
    <SidePanel
      title={words.invite}
      closeLabel={words.close}
      onClose={onClose}
      back={{ label: words.back, onBack }}
    >
      <div className={css['body']}>
        <p className={css['opens']}>{linkOpens(settings)}</p>
        <ShareRoom roomId={roomId} title={title} />
      </div>
    </SidePanel>
  );
}
