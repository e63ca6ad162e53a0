import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import PhoneOff from 'lucide-react/icons/phone-off';
import PictureInPicture from 'lucide-react/icons/picture-in-picture-2';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { createPortal } from 'react-dom';
import { others } from '../../call/callState';
import { strings } from '../../lib/callStrings';
import { named } from '../../lib/phrases';
import { Avatar } from '../shared/Avatar';
import { Control } from '../shared/Control';
import { VideoView } from '../shared/VideoView';
import { useCall, useSession } from '../useCall';
import { DeviceControl } from './DeviceControl';
import css from './SmallWindow.module.css';
import { toggleCamera, toggleMicrophone } from './toggles';
import { useSmallWindow } from './useSmallWindow';

/** The button that puts the call into a small window above all others, and what stands in it. Not there where the
 *  browser cannot. */
export function SmallWindow() {
  const { isPossible, body, toggle } = useSmallWindow();
  const isAlone = useCall((state) => others(state).length === 0);
  if (!isPossible || isAlone) return null;
  return (
    <>
      <button
        type="button"
        className={css['button']}
        aria-label={strings.call.smallWindow}
        title={strings.call.smallWindow}
        aria-pressed={body !== null}
        onClick={toggle}
      >
        <PictureInPicture aria-hidden="true" />
      </button>
      {body !== null && createPortal(<Inside />, body)}
    </>
  );
}

/** Their sound goes on in the page itself. */
function Inside() {
  const session = useSession();
  const shown = useCall(
    (state) => others(state).find(({ media }) => media.screen === true) ?? others(state)[0],
  );
  const link = useCall((state) => (shown === undefined ? undefined : state.links.get(shown.id)));
  const microphone = useCall((state) => state.media.microphone);
  const camera = useCall((state) => state.media.camera);
  const name = named(shown?.name ?? '');
  const isScreen = shown?.media.screen === true;
  const stream = isScreen ? link?.screen : link?.stream;
  const hasPicture = stream !== undefined && (isScreen || shown?.media.video === true);
  return (
    <main className={css['small']}>
      {hasPicture ? (
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
