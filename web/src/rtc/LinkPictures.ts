import type { LinkMedia } from './LinkMedia';

/** By then the first picture is there, and the browser begins to know how much fits on the line. */
const SMALL_FOR_MS = 500;
/** After a loss it begins with next to nothing, and a large picture would take it seconds. */
const SMALL_AFTER_LOSS_MS = 3_000;
/** So long after a loss the path may still become another one. */
const MENDING_MS = 3_000;

/** When what is seen over a link begins, and begins anew: small at first, with a key frame on the path that counts. */
export class LinkPictures {
  readonly #media: Pick<LinkMedia, 'setLost' | 'refreshPictures' | 'growUp'>;
  /** When the link last came back, in ms (epoch); 0: never, or the path has become another since. */
  #mendedAt = 0;
  #wasConnected = false;
  #losses = 0;
  #isYoung = true;
  #growth: ReturnType<typeof setTimeout> | undefined;

  constructor(media: Pick<LinkMedia, 'setLost' | 'refreshPictures' | 'growUp'>) {
    this.#media = media;
  }

  /** How often the link was lost since it was connected first. */
  get losses(): number {
    return this.#losses;
  }

  /** Whether the first picture may not be through yet. Until then a link asks nothing of the browser that can wait. */
  get isYoung(): boolean {
    return this.#isYoung;
  }

  /** The link is connected for the first time. */
  begin(): void {
    this.#wasConnected = true;
    this.#growUpIn(SMALL_FOR_MS);
  }

  lost(): void {
    if (!this.#wasConnected) return;
    clearTimeout(this.#growth);
    this.#losses += 1;
    this.#media.setLost(true);
  }

  mended(): void {
    if (!this.#wasConnected) return;
    this.#mendedAt = Date.now();
    this.#media.setLost(false);
    this.#growUpIn(SMALL_AFTER_LOSS_MS);
  }

  /** A link counts as mended with the first check that comes through. If it changes to another path only after that,
   *  what was sent until then, a key frame among it, has gone nowhere. */
  onOtherPath(): void {
    if (Date.now() - this.#mendedAt > MENDING_MS) return;
    this.#mendedAt = 0;
    this.#media.refreshPictures();
  }

  end(): void {
    clearTimeout(this.#growth);
  }

  #growUpIn(ms: number): void {
    clearTimeout(this.#growth);
    this.#growth = setTimeout(() => {
      this.#isYoung = false;
      this.#media.growUp();
    }, ms);
  }
}
