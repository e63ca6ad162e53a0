import Link from 'lucide-react/icons/link';
import X from 'lucide-react/icons/x';
import { useEffect, useRef } from 'react';
import { ownRole } from '../../../call/chair';
import { strings } from '../../../lib/callStrings';
import { linkTo } from '../../../lib/route';
import { Button } from '../../shared/Button';
import { useCall } from '../../useCall';
import { copyLink } from '../copyLink';
import type { NoticeBoard } from '../NoticeBoard';
import { DoorList } from './DoorList';
import css from './PeoplePanel.module.css';
import { PersonRow } from './PersonRow';
import { RoomSwitches } from './RoomSwitches';

interface PeoplePanelProps {
  readonly board: NoticeBoard;
  readonly onClose: () => void;
}

/** Who is at the door and who is inside, and what one's role lets one do. */
export default function PeoplePanel({ board, onClose }: PeoplePanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const roomId = useCall((state) => state.roomId);
  const selfId = useCall((state) => state.selfId);
  const participants = useCall((state) => state.room?.participants);
  const role = useCall(ownRole);
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <section
      className={css['panel']}
      role="dialog"
      aria-labelledby="people-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2 id="people-title" ref={heading} tabIndex={-1}>
          {strings.people.title}
        </h2>
        <button type="button" className={css['icon']} aria-label={strings.people.close} onClick={onClose}>
          <X aria-hidden="true" />
        </button>
      </header>
      <DoorList />
      <h3>{strings.people.inside({ count: participants?.length ?? 0 })}</h3>
      <ul>
        {participants?.map((person) => (
          <PersonRow key={person.id} person={person} isSelf={person.id === selfId} own={role} />
        ))}
      </ul>
      <Button look="line" wide onClick={() => void copyLink(linkTo(roomId, location.origin), board)}>
        <Link aria-hidden="true" /> {strings.people.invite}
      </Button>
      {role !== 'participant' && <RoomSwitches isHost={role === 'host'} />}
    </section>
  );
}
