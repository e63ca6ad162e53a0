import SwitchCamera from 'lucide-react/icons/switch-camera';
import { strings } from '../../lib/callStrings';
import { useCall, useSession } from '../useCall';
import css from './DevicesMenu.module.css';

/** The item "Flip the camera" of a menu, on a phone with two. */
export function FlipCamera({ onFlipped }: { readonly onFlipped: () => void }) {
  const { media } = useSession();
  const hasTwo = useCall(
    ({ media: { camera, devices } }) =>
      camera.state === 'on' && camera.facing !== undefined && devices.cameras.length > 1,
  );
  if (!hasTwo) return null;
  return (
    <button
      type="button"
      role="menuitem"
      className={css['item']}
      tabIndex={-1}
      onClick={() => {
        media.flipCamera();
        onFlipped();
      }}
    >
      <SwitchCamera aria-hidden="true" />
      {strings.deviceMenu.flip}
    </button>
  );
}
