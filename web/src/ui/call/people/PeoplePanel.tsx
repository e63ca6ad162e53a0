import Link from 'lucide-react/icons/link';
import { ownRole } from '../../../call/chair';
import { strings } from '../../../lib/callStrings';
import { linkOpens } from '../../../lib/callPhrases';
import { linkTo } from '../../../lib/route';
import type { Participant } from '../../../protocol/messages.gen';
import { Button } from '../../shared/Button';
import { useCall } from '../../useCall';
import { copyLink } from '../copyLink';
import type { NoticeBoard } from '../NoticeBoard';
import { SidePanel } from '../panel/SidePanel';
import { AskContext, useAsk } from '../useAsk';
import { DoorList } from './DoorList';
import { HandList } from './HandList';
import css from './PeoplePanel.module.css';
import { PersonRow } from './PersonRow';
import { RoomSwitches } from './RoomSwitches';

interface PeoplePanelProps {
  readonly board: NoticeBoard;
  readonly onClose: () => void;
  /** Show the settings of the room. */
  readonly onRoom: () => void;
  /** Show every way to invite somebody. */
  readonly onInvite: () => void;
}

const NOBODY: readonly Participant[] = [];

/** Who is at the door and who is inside, and what one's role lets one do. */
export default function PeoplePanel({ board, onClose, onRoom, onInvite }: PeoplePanelProps) {
  const roomId = useCall((state) => state.roomId);
  const selfId = useCall((state) => state.selfId);
  const inside = useCall((state) => state.room?.participants) ?? NOBODY;
  const role = useCall(ownRole);
  const opens = linkOpens(useCall((state) => state.room?.settings));
  const ask = useAsk(board);
  return (
    <AskContext value={ask}>
      <SidePanel title={strings.people.title} closeLabel={strings.people.close} onClose={onClose}>
        <div className={css['body']}>
          <DoorList />
          <HandList inside={inside} selfId={selfId} own={role} />
          <h3>{strings.people.inside({ count: inside.length })}</h3>
          <ul>
            {inside.map((person) => (
              <PersonRow key={person.id} person={person} isSelf={person.id === selfId} own={role} />
            ))}
          </ul>
          {role !== 'participant' && <RoomSwitches isHost={role === 'host'} onRoom={onRoom} />}
        </div>
        <div className={css['foot']}>
          <Button wide onClick={() => void copyLink(linkTo(roomId, location.origin), opens, board)}>
            <Link aria-hidden="true" /> {strings.people.invite}
          </Button>
          <Button wide look="ghost" onClick={onInvite}>
            {strings.people.ways}
          </Button>
        </div>
      </SidePanel>
    </AskContext>
  );
}
