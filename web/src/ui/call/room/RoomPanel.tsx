import { act } from '../../../call/chair';
import { CallError } from '../../../lib/errors';
import { roomStrings } from '../../../lib/roomStrings';
import { RoomForm } from '../../rooms/RoomForm';
import { useCall, useSession } from '../../useCall';
import { SidePanel } from '../panel/SidePanel';
import css from './RoomPanel.module.css';

interface RoomPanelProps {
  readonly onClose: () => void;
  readonly onBack: () => void;
}

/** The settings of the room for its hosts, in the call. */
export default function RoomPanel({ onClose, onBack }: RoomPanelProps) {
  const session = useSession();
  const room = useCall((state) => state.room);
  const words = roomStrings.call;
  return (
    <SidePanel
      title={words.title}
      closeLabel={words.close}
      onClose={onClose}
      back={{ label: words.back, onBack }}
    >
      <div className={css['body']}>
        {room !== null && (
          <RoomForm
            room={{ ...room.settings, capacity: room.capacity }}
            onChange={async (settings) => {
              const refused = await act(session, 'changeRoom', { settings });
              if (refused !== null) throw new CallError(refused);
            }}
          />
        )}
      </div>
    </SidePanel>
  );
}
