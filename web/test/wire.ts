/** A network between two links of one page: random delays, strict order, and loss on demand. */
import type { Signal } from '../src/rtc/descriptions';

/** Random numbers that are the same for the same seed, so that a trial that failed can be run again.
 *  (Mulberry32, by T. Ettinger; public domain.) */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One direction. A message is delayed by 0 to `maxDelayMs`, but never overtakes the one before it. */
export class Wire {
  deliver: (signal: Signal) => void = () => undefined;
  isCut = false;
  offers = 0;
  lastUsedAt = 0;
  readonly #random: () => number;
  readonly #maxDelayMs: number;
  #last: Promise<void> = Promise.resolve();

  constructor(random: () => number, maxDelayMs: number) {
    this.#random = random;
    this.#maxDelayMs = maxDelayMs;
  }

  readonly send = (signal: Signal): void => {
    this.lastUsedAt = performance.now();
    if ('description' in signal && signal.description.type === 'offer') this.offers += 1;
    if (this.isCut) return;
    const text = JSON.stringify(signal);
    const arrival = sleep(this.#random() * this.#maxDelayMs);
    this.#last = this.#last
      .then(() => arrival)
      .then(() => {
        this.lastUsedAt = performance.now();
        if (!this.isCut) this.deliver(JSON.parse(text) as Signal);
      });
  };
}
