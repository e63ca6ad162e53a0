import type { DoorView } from '../../call/callState';
import { people } from '../../lib/phrases';
import { strings } from '../../lib/strings';
import { Arc } from '../shared/Arc';
import { Avatars } from '../shared/Avatar';
import { useLate } from '../shared/useLate';
import { useCall } from '../useCall';
import { isFull } from './isFull';
import css from './JoinPanel.module.css';

/** "Mara and Eileen are inside". */
export function WhoIsInside() {
  const lookup = useCall((state) => state.lookup);
  const full = useCall(isFull);
  const isSaid = useCall(({ phase }) => phase.name === 'idle' && phase.problem?.code === 'room_locked');
  const isLate = useLate(lookup.name === 'looking');
  if (lookup.name === 'failed') return null;
  const isShut = lookup.name === 'found' && isClosed(lookup.door) && !full;
  const shutWords = isShut && !isSaid ? doorWords(lookup.door) : null;
  if (isShut && shutWords === null) return null;
  return (
    <p className={css['who']} role="status">
      {lookup.name === 'looking' && isLate && (
        <>
          <Arc /> {strings.lobby.looking}
        </>
      )}
      {isShut && <span>{shutWords}</span>}
      {lookup.name === 'found' && !isShut && (
        <>
          {lookup.inside.length > 0 && <Avatars names={lookup.inside} />}
          <span>{full ? fullness(lookup.inside.length, lookup.capacity) : who(lookup.inside)}</span>
        </>
      )}
    </p>
  );
}

/** Something keeps strangers out, and they are not told who is inside. */
function isClosed({ role, hasPasscode, hasLobby, isLocked }: DoorView): boolean {
  return role === null && (hasPasscode || hasLobby || isLocked);
}

function doorWords({ hasLobby, isLocked }: DoorView): string | null {
  if (isLocked) return strings.lobby.locked;
  return hasLobby ? strings.lobby.door : null;
}

function who(inside: readonly string[]): string {
  if (inside.length === 0) return strings.lobby.nobody;
  return strings.lobby.inside({ count: inside.length, people: people(inside) });
}

function fullness(inside: number, capacity: number): string {
  return strings.lobby.insideOf({ inside, capacity });
}
