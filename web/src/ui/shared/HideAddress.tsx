import Check from 'lucide-react/icons/check';
import { useId } from 'react';
import { strings } from '../../lib/strings';
import { useCall, useSession } from '../useCall';
import css from './DevicesMenu.module.css';

/** The switch "Hide my network address", as a part of a menu. Off and dead where the server has nothing
 *  behind which to hide it, on and dead where it hides everybody's. */
export function HideAddress() {
  const session = useSession();
  const { wanted, forced, available } = useCall((state) => state.relay);
  const noteId = useId();
  const isOn = wanted || forced;
  // Somebody who had asked for it elsewhere must be able to take it back.
  const isDead = forced || (available === false && !wanted);
  return (
    <div role="group" aria-label={strings.devices.privacy} className={css['group']}>
      <p className={css['kind']}>{strings.devices.privacy}</p>
      <button
        type="button"
        role="menuitemcheckbox"
        aria-label={strings.devices.hideAddress}
        aria-checked={isOn}
        aria-disabled={isDead}
        aria-describedby={noteId}
        tabIndex={-1}
        onClick={() => {
          if (!isDead) session.hideAddress(!wanted);
        }}
      >
        <span>
          {strings.devices.hideAddress}
          <small id={noteId}>{noteOf(forced, available)}</small>
        </span>
        {isOn && <Check aria-hidden="true" />}
      </button>
    </div>
  );
}

function noteOf(forced: boolean, available: boolean | null): string {
  if (available === false) return strings.devices.noRelay;
  return forced ? strings.devices.addressesHidden : strings.devices.hideAddressNote;
}
