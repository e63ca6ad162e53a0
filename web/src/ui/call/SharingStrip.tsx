import ScreenShare from 'lucide-react/icons/screen-share';
import { strings } from '../../lib/callStrings';
import { Button } from '../shared/Button';
import { useCall, useSession } from '../useCall';
import { LOOKS } from './ShareLook';
import css from './SharingStrip.module.css';

/** While one shares: what the others see, how, and the way out. */
export function SharingStrip() {
  const { screen } = useSession();
  const { state, surface, look, hasSound } = useCall((call) => call.screen);
  if (state !== 'on') return null;
  return (
    <section className={css['strip']} aria-label={strings.share.yours} data-strip>
      <ScreenShare aria-hidden="true" />
      <p>
        <b>{strings.share.everyoneSees({ surface: surface ?? 'screen' })}</b>
        {hasSound && <small>{strings.share.withSound}</small>}
      </p>
      <span role="group" aria-label={strings.share.look}>
        {LOOKS.map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={choice === look}
            title={strings.share.lookHint({ look: choice })}
            onClick={() => {
              screen.setLook(choice);
            }}
          >
            {strings.share.looks({ look: choice })}
          </button>
        ))}
      </span>
      <Button
        onClick={() => {
          screen.stop();
        }}
      >
        {strings.share.stop}
      </Button>
    </section>
  );
}
