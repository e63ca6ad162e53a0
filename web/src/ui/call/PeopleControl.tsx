import Users from 'lucide-react/icons/users';
import { strings } from '../../lib/callStrings';
import { Control } from '../shared/Control';
import { useCall } from '../useCall';
import css from './ChatControl.module.css';

interface PeopleControlProps {
  readonly isOpen: boolean;
  /** Its panel is not there yet. */
  readonly isComing: boolean;
  readonly onToggle: () => void;
}

/** Opens the panel of people, and counts those at the door. */
export function PeopleControl({ isOpen, isComing, onToggle }: PeopleControlProps) {
  const knocks = useCall((state) => state.knocks.length);
  return (
    <Control
      icon={
        <>
          <Users aria-hidden="true" />
          {knocks > 0 && <i className={css['count']} data-count={knocks} />}
        </>
      }
      label={strings.people.button}
      look={isOpen ? 'on' : 'plain'}
      aria-keyshortcuts="p"
      aria-expanded={isOpen}
      busy={isComing}
      {...(knocks > 0 && {
        'aria-label': `${strings.people.button}, ${strings.door.many({ count: knocks })}`,
      })}
      onClick={onToggle}
    />
  );
}
