import { logger } from '../lib/logger';

const log = logger('level');

/** Quieter than this is silence, louder than that is full (decibels below full scale). */
const SILENCE_DB = -55;
const FULL_DB = -12;

/** Says again and again how loud a track is, from 0 (silence) to 1. A muted track is silent. */
export class MicrophoneLevel {
  readonly #context = new AudioContext();
  readonly #source: MediaStreamAudioSourceNode;
  readonly #stop: () => void;
  readonly #wake = new AbortController();

  /** `everyMs`: how often; without, once for each frame that is painted. */
  constructor(track: MediaStreamTrack, onLevel: (level: number) => void, everyMs?: number) {
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#stop = repeat(() => {
      analyser.getFloatTimeDomainData(samples);
      onLevel(levelOf(samples));
    }, everyMs);
    // Browsers let a page make or take sound only after the person has touched it.
    for (const event of ['pointerdown', 'keydown']) {
      document.addEventListener(event, this.#resume, { signal: this.#wake.signal });
    }
  }

  readonly #resume = (): void => {
    if (this.#context.state !== 'suspended') return;
    this.#context.resume().catch((error: unknown) => {
      log.debug('the level meter may not run yet', error);
    });
  };

  /** Safe twice. */
  end(): void {
    if (this.#context.state === 'closed') return;
    this.#stop();
    this.#wake.abort();
    this.#source.disconnect();
    void this.#context.close();
  }
}

/** The loudness of samples between -1 and 1, as a share of what a meter shows. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length);
  return loudnessOf(decibels);
}

/** Decibels below full scale, as a share of what a meter shows. */
export function loudnessOf(decibels: number): number {
  return Math.min(1, Math.max(0, (decibels - SILENCE_DB) / (FULL_DB - SILENCE_DB)));
}

/** Returns what stops it. */
function repeat(act: () => void, everyMs: number | undefined): () => void {
  if (everyMs !== undefined) {
    const timer = setInterval(act, everyMs);
    return () => {
      clearInterval(timer);
    };
  }
  let frame = 0;
  const step = (): void => {
    act();
    frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
  return () => {
    cancelAnimationFrame(frame);
  };
}
