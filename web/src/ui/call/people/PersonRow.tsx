import Ellipsis from 'lucide-react/icons/ellipsis';
import MicOff from 'lucide-react/icons/mic-off';
import ScreenShare from 'lucide-react/icons/screen-share';
import { useId, useRef, useState } from 'react';
import { permitted, roleOf, type Role } from '../../../call/chair';
import { strings } from '../../../lib/callStrings';
import { named } from '../../../lib/phrases';
import type { Participant } from '../../../protocol/messages.gen';
import { Avatar } from '../../shared/Avatar';
import { classes } from '../../shared/classes';
import head from '../panel/PanelHead.module.css';
import { PersonQuality } from '../PersonQuality';
import css from './PeoplePanel.module.css';
import { PersonActs } from './PersonActs';

interface PersonRowProps {
  readonly person: Participant;
  readonly isSelf: boolean;
  /** One's own role. */
  readonly own: Role;
}

/** Somebody in the room; the actions are there where one's role allows any. */
export function PersonRow({ person, isSelf, own }: PersonRowProps) {
  const [isOpen, setOpen] = useState(false);
  const actsId = useId();
  const button = useRef<HTMLButtonElement>(null);
  const name = named(person.name);
  const may = permitted(own, roleOf(person));
  const below = noteOf(person, isSelf);
  return (
    <li>
      <span className={css['person']}>
        <Avatar name={name} />
        <span className={css['name']}>
          <b dir="auto">{name}</b>
          {below !== null && <small>{below}</small>}
        </span>
        {person.media.screen === true && (
          <span className={css['mark']} role="img" aria-label={strings.people.shares}>
            <ScreenShare aria-hidden="true" />
          </span>
        )}
        {!person.media.audio && (
          <span className={classes(css['mark'], css['hard'])} role="img" aria-label={strings.call.muted}>
            <MicOff aria-hidden="true" />
          </span>
        )}
        {!isSelf && <PersonQuality id={person.id} name={name} />}
        {!isSelf && may.gentle && (
          <button
            ref={button}
            type="button"
            className={head['icon']}
            aria-label={strings.people.actions({ name })}
            aria-expanded={isOpen}
            aria-controls={actsId}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            <Ellipsis aria-hidden="true" />
          </button>
        )}
      </span>
      {isOpen && (
        <PersonActs
          id={actsId}
          person={person}
          may={may}
          onDone={() => {
            setOpen(false);
            button.current?.focus();
          }}
        />
      )}
    </li>
  );
}

function noteOf(person: Participant, isSelf: boolean): string | null {
  const role = roleOf(person);
  const called = role === 'participant' ? null : strings.people[role];
  if (isSelf) return called === null ? strings.people.you : strings.people.youAnd({ role: called });
  return person.presence === 'reconnecting' ? strings.call.reconnecting : called;
}
