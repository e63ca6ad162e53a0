import Check from 'lucide-react/icons/check';
import { useId } from 'react';
import { strings } from '../../lib/callStrings';
import type { ScreenLook } from '../../rtc/sendBudget';
import css from '../shared/DevicesMenu.module.css';
import { useCall, useSession } from '../useCall';

export const LOOKS: readonly ScreenLook[] = ['sharp', 'smooth'];

/** While one shares: how the screen looks, as a part of More. On a phone the strip at the top has no room for it. */
export function ShareLook() {
  const headingId = useId();
  const { screen } = useSession();
  const { state, look } = useCall((call) => call.screen);
  if (state !== 'on') return null;
  return (
    <div role="group" aria-labelledby={headingId} className={css['group']}>
      <p id={headingId} className={css['kind']}>
        {strings.share.look}
      </p>
      {LOOKS.map((choice) => (
        <button
          key={choice}
          type="button"
          role="menuitemradio"
          aria-checked={choice === look}
          tabIndex={-1}
          onClick={() => {
            screen.setLook(choice);
          }}
        >
          <span>
            {strings.share.looks({ look: choice })}
            <small>{strings.share.lookHint({ look: choice })}</small>
          </span>
          {choice === look && <Check aria-hidden="true" />}
        </button>
      ))}
    </div>
  );
}
