import { logger } from '../lib/logger';
import { Reconciler } from '../lib/reconcile';
import type { Media } from '../protocol/messages.gen';

const log = logger('call');

/** After what the server could not take at the moment. */
const RETRY_MS = 2_000;

/** Keeps the server told of what we send: one request at a time, the last state counts. */
export class MediaTeller {
  /** What the server knows; null out of a call. */
  told: Media | null = null;
  readonly #wanted: () => Media | null;
  readonly #tell: (media: Media) => Promise<unknown>;
  readonly #reconciler = new Reconciler(() => this.#next());

  /** `wanted`: what the server should know; null while it cannot be told. */
  constructor(wanted: () => Media | null, tell: (media: Media) => Promise<unknown>) {
    this.#wanted = wanted;
    this.#tell = tell;
  }

  /** To be called after each change. */
  run(): void {
    void this.#reconciler.run();
  }

  #next(): Promise<void> | null {
    const media = this.#wanted();
    if (media === null || this.told === null) return null;
    return isSame(this.told, media) ? null : this.#step(media);
  }

  async #step(media: Media): Promise<void> {
    try {
      await this.#tell(media);
      this.told = media;
    } catch (error) {
      log.warn('the others are not told of our media yet', error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function isSame(one: Media, other: Media): boolean {
  return one.audio === other.audio && one.video === other.video && one.screen === other.screen;
}
