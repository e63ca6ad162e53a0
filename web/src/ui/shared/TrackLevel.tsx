import { useEffect, useRef } from 'react';
import { MicrophoneLevel } from '../../rtc/MicrophoneLevel';
import css from './TrackLevel.module.css';

const BARS = [1, 2, 3, 4, 5];

/** How loud a track is, as five bars. The level goes straight to the page, past React: it comes many times a
 *  second. */
export function TrackLevel({ track }: { readonly track: MediaStreamTrack | null }) {
  const meter = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (track === null) return undefined;
    const level = new MicrophoneLevel(track, (loudness) => {
      if (meter.current !== null) {
        meter.current.dataset['level'] = String(Math.min(BARS.length, Math.ceil(loudness * BARS.length)));
      }
    });
    return () => {
      level.end();
    };
  }, [track]);
  return (
    <span ref={meter} className={css['meter']} data-level="0" aria-hidden="true">
      {BARS.map((bar) => (
        <i key={bar} />
      ))}
    </span>
  );
}
