/** The microphone's ear and the speaker's voice, for a check. */
import { MicrophoneLevel } from '../MicrophoneLevel';

/** Louder than a quiet room. */
const HEARD = 0.15;
const TONE_SECONDS = 1.2;

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

/** Two tones, the second higher, soft at both ends. Resolves when they are over. */
export async function playTone(): Promise<void> {
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: 0 });
  volume.connect(context.destination);
  const begin = context.currentTime + 0.05;
  for (const [frequency, at] of [
    [523, begin],
    [659, begin + TONE_SECONDS / 2],
  ] as const) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(volume);
    tone.start(at);
    tone.stop(at + TONE_SECONDS / 2);
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.05);
    volume.gain.linearRampToValueAtTime(0, at + TONE_SECONDS / 2);
  }
  await new Promise((resolve) => {
    setTimeout(resolve, TONE_SECONDS * 1000 + 100);
  });
  await context.close();
}
