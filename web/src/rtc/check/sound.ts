/** The microphone's ear, for a check. */
import { MicrophoneLevel } from '../MicrophoneLevel';

/** Louder than a quiet room. */
const HEARD = 0.15;

/** Resolves with true as soon as the track is heard, with false after a time of silence. */
export function isHeard(track: MediaStreamTrack, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (heard: boolean): void => {
      clearTimeout(timer);
      level.end();
      resolve(heard);
    };
    const timer = setTimeout(() => {
      settle(false);
    }, timeoutMs);
    const level = new MicrophoneLevel(track, (loudness) => {
      if (loudness >= HEARD) settle(true);
    });
  });
}
