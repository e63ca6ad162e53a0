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
  const isLate = useLate(lookup.name === 'looking');
  if (lookup.name === 'failed') return null;
  return (
    <p className={css['who']} role="status">
      {lookup.name === 'looking' && isLate && (
        <>
          <Arc /> {strings.lobby.looking}
        </>
      )}
      {lookup.name === 'found' && (
        <>
          {lookup.inside.length > 0 && <Avatars names={lookup.inside} />}
          <span>
            {full ? strings.lobby.insideOf(lookup.inside.length, lookup.capacity) : who(lookup.inside)}
          </span>
        </>
      )}
    </p>
  );
}

function who(inside: readonly string[]): string {
  return inside.length === 0 ? strings.lobby.nobody : strings.lobby.inside(inside);
}
