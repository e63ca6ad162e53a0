import { useEffect, useRef } from 'react';
import { MicrophoneLevel } from '../../rtc/MicrophoneLevel';
import { useCall, useSession } from '../useCall';
import css from './LevelMeter.module.css';

const BARS = [1, 2, 3, 4, 5];

/** How loud one is, as five bars. The level goes straight to the page, past React: it comes many times a
 *  second. */
export function LevelMeter() {
  const { media } = useSession();
  // The track is replaced when another microphone is chosen.
  const deviceId = useCall((state) => state.media.microphone.deviceId);
  const meter = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const track = media.microphoneTrack;
    if (track === null) return undefined;
    const level = new MicrophoneLevel(track, (loudness) => {
      if (meter.current !== null) {
        meter.current.dataset['level'] = String(Math.min(BARS.length, Math.ceil(loudness * BARS.length)));
      }
    });
    return () => {
      level.end();
    };
  }, [media, deviceId]);
  return (
    <span ref={meter} className={css['meter']} data-level="0" aria-hidden="true">
      {BARS.map((bar) => (
        <i key={bar} />
      ))}
    </span>
  );
}
