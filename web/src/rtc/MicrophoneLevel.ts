import { logger } from '../lib/logger';

const log = logger('level');

/** Quieter than this is silence, louder than that is full (decibels below full scale). */
const SILENCE_DB = -55;
const FULL_DB = -12;

/** Says 60 times a second how loud a track is, from 0 (silence) to 1. A muted track is silent. */
export class MicrophoneLevel {
  readonly #context = new AudioContext();
  readonly #source: MediaStreamAudioSourceNode;
  #frame: number;
  readonly #wake = new AbortController();

  constructor(track: MediaStreamTrack, onLevel: (level: number) => void) {
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const look = (): void => {
      analyser.getFloatTimeDomainData(samples);
      onLevel(levelOf(samples));
      this.#frame = requestAnimationFrame(look);
    };
    this.#frame = requestAnimationFrame(look);
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
    cancelAnimationFrame(this.#frame);
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
  return Math.min(1, Math.max(0, (decibels - SILENCE_DB) / (FULL_DB - SILENCE_DB)));
}
