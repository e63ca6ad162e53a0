import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import PhoneOff from 'lucide-react/icons/phone-off';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { createPortal } from 'react-dom';
import { others } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { Avatar } from '../shared/Avatar';
import { Control } from '../shared/Control';
import { VideoView } from '../shared/VideoView';
import { useCall, useSession } from '../useCall';
import { DeviceControl } from './DeviceControl';
import { OpenButton, SmallPicture } from './SmallPicture';
import css from './SmallWindow.module.css';
import { toggleCamera, toggleMicrophone } from './toggles';
import { useShown } from './useShown';
import { useSmallWindow } from './useSmallWindow';

/** The button that puts the call into a small window above all others, and what stands in it; where the browser has
 *  such windows for pictures alone, who speaks. Not there where it has none. */
export function SmallWindow() {
  const { isPossible, body, toggle } = useSmallWindow();
  const isAlone = useCall((state) => others(state).length === 0);
  if (isAlone) return null;
  if (!isPossible) return document.pictureInPictureEnabled ? <SmallPicture /> : null;
  return (
    <>
      <OpenButton isOpen={body !== null} onPress={toggle} />
      {body !== null && createPortal(<Inside />, body)}
    </>
  );
}

/** Their sound goes on in the page itself. */
function Inside() {
  const session = useSession();
  const { name, isScreen, stream } = useShown();
  const microphone = useCall((state) => state.media.microphone);
  const camera = useCall((state) => state.media.camera);
  return (
    <main className={css['small']}>
      {stream !== null ? (
        <VideoView stream={stream} className={css[isScreen ? 'whole' : 'picture']} />
      ) : (
        <Avatar name={name} large />
      )}
      <nav aria-label={strings.call.controls}>
        <DeviceControl
          device={microphone}
          icons={{ on: <Mic aria-hidden="true" />, off: <MicOff aria-hidden="true" /> }}
          actions={{ stop: strings.call.mute, start: strings.call.unmute }}
          shortcut="m"
          onPress={() => {
            toggleMicrophone(session);
          }}
        />
        <DeviceControl
          device={camera}
          icons={{ on: <Video aria-hidden="true" />, off: <VideoOff aria-hidden="true" /> }}
          actions={{ stop: strings.call.stopVideo, start: strings.call.startVideo }}
          shortcut="v"
          onPress={() => {
            toggleCamera(session);
          }}
        />
        <Control
          icon={<PhoneOff aria-hidden="true" />}
          label={strings.call.leave}
          look="leave"
          onClick={() => {
            session.leave();
          }}
        />
      </nav>
    </main>
  );
}
