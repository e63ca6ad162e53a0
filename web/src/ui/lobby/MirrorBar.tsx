import MicOff from 'lucide-react/icons/mic-off';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import type { DeviceState } from '../../rtc/LocalMedia';
import { strings } from '../../lib/strings';
import { classes } from '../shared/classes';
import { Control } from '../shared/Control';
import control from '../shared/Control.module.css';
import { DevicesControl } from './DevicesControl';
import { useCall, useSession } from '../useCall';
import { LevelMeter } from './LevelMeter';
import css from './MirrorView.module.css';

/** Microphone, camera and devices, before anything is sent: the words say how things stand. */
export function MirrorBar({ isDark }: { readonly isDark: boolean }) {
  const { media } = useSession();
  const microphone = useCall((state) => state.media.microphone);
  const camera = useCall((state) => state.media.camera);
  return (
    <div
      className={classes(control['bar'], css['bar'])}
      role="group"
      aria-label={strings.lobby.controls}
      {...(isDark && { 'data-stage': true })}
    >
      <Control
        icon={microphone.state === 'on' ? <LevelMeter /> : <MicOff aria-hidden="true" />}
        label={labelOf(microphone, strings.lobby.microphone)}
        look={lookOf(microphone)}
        busy={microphone.state === 'starting'}
        aria-pressed={microphone.state === 'on'}
        onClick={() => {
          media.setMicrophone(microphone.state !== 'on');
        }}
      />
      <Control
        icon={camera.state === 'on' ? <Video aria-hidden="true" /> : <VideoOff aria-hidden="true" />}
        label={labelOf(camera, strings.lobby.camera)}
        look={lookOf(camera)}
        busy={camera.state === 'starting'}
        aria-pressed={camera.state === 'on'}
        onClick={() => {
          media.setCamera(camera.state !== 'on');
        }}
      />
      <DevicesControl />
    </div>
  );
}

function labelOf({ state, problem }: DeviceState, labels: { on: string; off: string }): string {
  if (state === 'failed' && problem !== null && problem !== 'permission_denied') {
    return strings.deviceLabel[problem];
  }
  return state === 'on' ? labels.on : labels.off;
}

/** What is wanted and was not asked for yet is neither on nor switched off. */
function lookOf({ state, problem, wanted }: DeviceState): 'plain' | 'off' | 'error' {
  if (state === 'failed') return problem === 'permission_denied' ? 'off' : 'error';
  return wanted ? 'plain' : 'off';
}
