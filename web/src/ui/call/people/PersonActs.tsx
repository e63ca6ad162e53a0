import { useState } from 'react';
import { act, roleOf, type permitted } from '../../../call/chair';
import { strings } from '../../../lib/callStrings';
import type { Moderate, Participant } from '../../../protocol/messages.gen';
import { Button } from '../../shared/Button';
import field from '../../shared/Field.module.css';
import { useSession } from '../../useCall';
import css from './PeoplePanel.module.css';

interface PersonActsProps {
  readonly id: string;
  readonly person: Participant;
  readonly may: ReturnType<typeof permitted>;
  readonly onDone: () => void;
}

/** What may be done to somebody now; the rest is not there. */
export function PersonActs({ id, person, may, onDone }: PersonActsProps) {
  const session = useSession();
  const [isRenaming, setRenaming] = useState(false);
  const words = strings.people.act;
  const participantId = person.id;
  const isModerator = roleOf(person) === 'moderator';
  const simple = (name: Moderate['act']) => (
    <Button
      {...(isHard(name) && { className: css['hard'] })}
      onClick={() => {
        void act(session, 'moderate', { participantId, act: name });
        onDone();
      }}
    >
      {words[name]}
    </Button>
  );
  if (isRenaming) {
    return (
      <Renaming
        name={person.name}
        onName={(name) => {
          if (name !== null) void act(session, 'rename', { participantId, name });
          onDone();
        }}
      />
    );
  }
  return (
    <div className={css['acts']} id={id}>
      {simple(person.media.audio ? 'mute' : 'askToUnmute')}
      {person.media.screen === true && simple('stopShare')}
      {person.hand != null && simple('lowerHand')}
      <Button
        onClick={() => {
          setRenaming(true);
        }}
      >
        {words.rename}
      </Button>
      {may.host && (
        <Button
          onClick={() => {
            void act(session, 'appoint', { participantId, role: isModerator ? 'participant' : 'moderator' });
            onDone();
          }}
        >
          {isModerator ? words.demote : words.appoint}
        </Button>
      )}
      {may.remove && simple('remove')}
      {may.host && simple('ban')}
    </div>
  );
}

function isHard(act: Moderate['act']): boolean {
  return act === 'remove' || act === 'ban';
}

/** `onName`: null where it stays as it is. */
function Renaming({ name, onName }: { name: string; onName: (name: string | null) => void }) {
  const [text, setText] = useState(name);
  return (
    <form
      className={css['acts']}
      onSubmit={(event) => {
        event.preventDefault();
        onName(text);
      }}
    >
      <div className={field['field']}>
        <input
          aria-label={strings.people.newName}
          dir="auto"
          autoFocus
          maxLength={60}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
      <Button type="submit" look="primary">
        {strings.people.save}
      </Button>
      <Button
        onClick={() => {
          onName(null);
        }}
      >
        {strings.people.cancel}
      </Button>
    </form>
  );
}
