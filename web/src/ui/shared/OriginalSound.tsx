import { strings } from '../../lib/callStrings';
import { useCall, useSession } from '../useCall';
import { MenuSwitch } from './MenuSwitch';

/** The switch "Original sound", as a part of a menu. */
export function OriginalSound() {
  const { media } = useSession();
  const isOn = useCall((state) => state.media.originalSound);
  return (
    <MenuSwitch
      heading={strings.deviceMenu.music}
      label={strings.deviceMenu.original}
      note={strings.deviceMenu.originalNote}
      isOn={isOn}
      onPress={() => {
        media.setOriginalSound(!isOn);
      }}
    />
  );
}
