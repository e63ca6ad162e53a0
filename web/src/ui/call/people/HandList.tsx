import type { Role } from '../../../call/chair';
import { strings } from '../../../lib/callStrings';
import type { Participant } from '../../../protocol/messages.gen';
import { named } from '../../../lib/phrases';
import { Avatar } from '../../shared/Avatar';
import { Button } from '../../shared/Button';
import { useAskHere } from '../useAsk';
import css from './PeoplePanel.module.css';

interface HandListProps {
  readonly inside: readonly Participant[];
  readonly selfId: string | null;
  /** One's own role. */
  readonly own: Role;
}

/** Who waits to speak, the first first. */
export function HandList({ inside, selfId, own }: HandListProps) {
  const ask = useAskHere();
  const raised = inside
    .filter(({ hand }) => hand != null)
    .sort((one, other) => (one.hand ?? 0) - (other.hand ?? 0));
  if (raised.length === 0) return null;
  const others = raised.filter(({ id }) => id !== selfId);
  return (
    <>
      <h3>{strings.people.hands}</h3>
      <ol className={css['hands']}>
        {raised.map(({ id, name }) => (
          <li key={id} className={css['person']}>
            <Avatar name={named(name)} />
            <span className={css['name']}>
              <b dir="auto">{named(name)}</b>
            </span>
            {own !== 'participant' && id !== selfId && (
              <Button
                aria-label={strings.people.lowerHandOf({ name: named(name) })}
                onClick={() => void ask('moderate', { participantId: id, act: 'lowerHand' })}
              >
                {strings.people.lower}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {own !== 'participant' && others.length > 1 && (
        <Button
          wide
          onClick={() => {
            for (const { id } of others) void ask('moderate', { participantId: id, act: 'lowerHand' });
          }}
        >
          {strings.people.lowerAll}
        </Button>
      )}
    </>
  );
}
