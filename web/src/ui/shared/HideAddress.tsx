import { strings } from '../../lib/callStrings';
import { useCall, useSession } from '../useCall';
import { MenuSwitch } from './MenuSwitch';

/** The switch "Hide my network address", as a part of a menu. Off and dead where the server has nothing
 *  behind which to hide it, on and dead where it hides everybody's. */
export function HideAddress() {
  const session = useSession();
  const { wanted, forced, available } = useCall((state) => state.relay);
  return (
    <MenuSwitch
      heading={strings.deviceMenu.privacy}
      label={strings.deviceMenu.hideAddress}
      note={noteOf(forced, available)}
      isOn={wanted || forced}
      // Somebody who had asked for it elsewhere must be able to take it back.
      isDead={forced || (available === false && !wanted)}
      onPress={() => {
        session.hideAddress(!wanted);
      }}
    />
  );
}

function noteOf(forced: boolean, available: boolean | null): string {
  if (available === false) return strings.deviceMenu.noRelay;
  return forced ? strings.deviceMenu.addressesHidden : strings.deviceMenu.hideAddressNote;
}
