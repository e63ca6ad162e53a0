import { TrackLevel } from '../shared/TrackLevel';
import { useCall, useSession } from '../useCall';

/** How loud one is. */
export function LevelMeter() {
  const { media } = useSession();
  // The track is replaced when another microphone is chosen.
  useCall((state) => state.media.microphone.deviceId);
  return <TrackLevel track={media.microphoneTrack} />;
}
