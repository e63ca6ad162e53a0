import ScreenShare from 'lucide-react/icons/screen-share';
import ScreenShareOff from 'lucide-react/icons/screen-share-off';
import { may } from '../../call/may';
import { strings } from '../../lib/callStrings';
import { Control } from '../shared/Control';
import { useCall, useSession } from '../useCall';
import { toggleScreen } from './toggles';

/** Shares one's screen. Not there where the browser cannot, or the room does not let one. */
export function ShareControl() {
  const session = useSession();
  const { state, isPossible } = useCall((call) => call.screen);
  const isAllowed = useCall((call) => may(call.room, call.selfId, 'share'));
  if (!isPossible || !isAllowed) return null;
  const isOn = state === 'on';
  return (
    <Control
      icon={isOn ? <ScreenShareOff aria-hidden="true" /> : <ScreenShare aria-hidden="true" />}
      label={isOn ? strings.share.stopSharing : strings.share.share}
      look={isOn ? 'on' : 'plain'}
      busy={state === 'starting'}
      aria-keyshortcuts="s"
      onClick={() => {
        toggleScreen(session);
      }}
    />
  );
}
