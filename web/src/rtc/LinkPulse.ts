const BEAT_MS = 200;
/** Sound comes 50 times a second: so long without any, nor a picture, is no loss of single packets. */
const QUIET_MS = 600;
/** Only who was heard for so long can fall silent. */
const FLOW_MS = 500;
/** Packets of one kind or another come within this time on a link that is well. */
const EXAMINATION_MS = 300;
/** A beat that is so late says that the page itself was held up, and has heard nothing for that reason. */
const HELD_UP_MS = 1_000;

/** How much of any kind has arrived, by the pair of addresses between which it came (RFC 8445, section 4). Of
 *  pairs that are given up nothing is said any more: so it is no sum, which would become another by that. */
export type Arrived = ReadonlyMap<string, number>;

export interface LinkPulseOptions {
  /** A value that changes whenever sound or picture of the other arrives. Asked five times a second. */
  readonly heard: () => number;
  readonly arrived: () => Promise<Arrived>;
  /** Have the other side send something, if it is there; false where there is no way to ask for it. */
  readonly ask: () => boolean;
  /** Sound and picture have stopped, and it is not known why. */
  readonly onDoubt: () => void;
  /** Nothing arrives any more. `wasHeard`: sound or picture did until just now. */
  readonly onSilent: (wasHeard: boolean) => void;
  /** After `onSilent`: something has arrived. */
  readonly onFlow: () => void;
}

/** Finds within a second that nothing arrives on a link any more. The connection itself says so after 5 s or
 *  more (RFC 8445 and RFC 7675 leave it time), and says nothing of a router that has changed its mapping.
 *
 *  Who mutes and stops the camera is silent too: so a link that is quiet is examined, and only one on which
 *  really nothing comes, no report of the other's receivers either, is called silent. */
export class LinkPulse {
  readonly #options: LinkPulseOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #mark = Number.NaN;
  #beatAt = Date.now();
  #heardAt = 0;
  #flowingSince = 0;
  #examining = false;
  /** So often was it examined since it fell quiet. */
  #doubts = 0;
  #canAsk = false;
  /** What had arrived when the link was found silent; null while it is not. */
  #arrivedAtSilence: Arrived | null = null;
  #ended = false;

  constructor(options: LinkPulseOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#beat();
    }, BEAT_MS);
  }

  /** The network may be another one now: find out whether anything still arrives. */
  examine(): void {
    void this.#examine();
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  #beat(): void {
    const now = Date.now();
    const wasHeldUp = now - this.#beatAt > HELD_UP_MS;
    this.#beatAt = now;
    if (this.#arrivedAtSilence !== null) {
      void this.#listen(this.#arrivedAtSilence);
      return;
    }
    const mark = this.#options.heard();
    if (mark !== this.#mark || wasHeldUp) {
      this.#mark = mark;
      if (now - this.#heardAt > QUIET_MS) this.#flowingSince = now;
      this.#heardAt = now;
      this.#doubts = 0;
    } else if (!this.#examining && this.#isDoubtful(now - this.#heardAt)) {
      if (this.#doubts === 0) this.#options.onDoubt();
      this.#doubts += 1;
      void this.#examine();
    }
  }

  /** What arrives in the first examination may be the last that was on its way: while nothing is heard another
   *  one follows, each time after twice as long. */
  #isDoubtful(quietMs: number): boolean {
    if (this.#doubts > 0) return this.#canAsk && quietMs >= QUIET_MS * 2 ** this.#doubts;
    return this.#wasFlowing && quietMs >= QUIET_MS;
  }

  get #wasFlowing(): boolean {
    return this.#heardAt - this.#flowingSince >= FLOW_MS;
  }

  async #examine(): Promise<void> {
    if (this.#examining || this.#arrivedAtSilence !== null) return;
    this.#examining = true;
    const wasHeard = this.#doubts > 0 || this.#wasFlowing;
    const before = await this.#options.arrived();
    this.#canAsk = this.#options.ask();
    await new Promise((resolve) => setTimeout(resolve, EXAMINATION_MS));
    const after = await this.#options.arrived();
    this.#examining = false;
    if (this.#ended || hasGrown(before, after)) return;
    if (wasHeard) this.#arrivedAtSilence = after;
    this.#options.onSilent(wasHeard);
  }

  async #listen(atSilence: Arrived): Promise<void> {
    const arrived = await this.#options.arrived();
    if (this.#ended || this.#arrivedAtSilence === null || !hasGrown(atSilence, arrived)) return;
    this.#arrivedAtSilence = null;
    // That may be the first check on a new way. Sound and picture follow when both sides have chosen it.
    this.#heardAt = Date.now();
    this.#doubts = 0;
    this.#options.onFlow();
  }
}

function hasGrown(before: Arrived, after: Arrived): boolean {
  return [...after].some(([pair, amount]) => amount > (before.get(pair) ?? 0));
}
