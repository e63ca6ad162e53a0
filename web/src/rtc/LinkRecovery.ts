/** `connecting` until it is connected for the first time; `reconnecting` while a restart is under way;
 *  `failed` when restarts have not helped for a while (they go on by themselves). */
export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'failed';

/** `disconnected` (RFC 7675 consent not refreshed for a while) often heals by itself within this time. */
const PATIENCE_MS = 2_000;
/** The polite side leaves the first restart to the other, so that their offers rarely cross. */
const COURTESY_MS = 1_000;
/** A first connection by TURN over TLS on a slow line takes 2 s. */
const FIRST_PATIENCE_MS = 8_000;
/** The one who waits for the other's first offer makes one itself after this time. */
const OFFER_PATIENCE_MS = 3_000;
const LONGEST_PAUSE_MS = 8_000;
/** From an address to a connection by it, over slow lines and relays. */
const ADDRESS_PATIENCE_MS = 1_000;
const FAILED_AFTER_MS = 15_000;

export interface RecoveryOptions {
  readonly polite: boolean;
  /** Makes the first offer. */
  readonly initiator: boolean;
  /** How long the first connection may take before it is begun anew; else as long as by the slowest way. */
  readonly patienceMs?: number | undefined;
  /** Begin the connection anew: an ICE restart, or the first offer where there was none. */
  readonly restart: () => void;
  readonly onChange: () => void;
}

/** Says how a link is, from the states of its connection and from whether anything arrives on it, and when to
 *  restart it: after 2 s of `disconnected`, at once on `failed` or when it has fallen silent, then again after
 *  2, 4, 8, 8... s until it is connected. */
export class LinkRecovery {
  readonly #options: RecoveryOptions;
  #state: LinkState = 'connecting';
  /** When the link left `connected`, or was made, in ms (epoch). */
  #lostAt: number | null = Date.now();
  /** When either side last began anew, in ms (epoch). */
  #begunAt = 0;
  #restarts = 0;
  #next: ReturnType<typeof setTimeout> | null = null;
  /** When that will be, in ms (epoch). */
  #nextAt = 0;
  #despair: ReturnType<typeof setTimeout> | null = null;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#restartIn(options.patienceMs ?? (options.initiator ? FIRST_PATIENCE_MS : OFFER_PATIENCE_MS));
    this.#despairLater();
  }

  get state(): LinkState {
    return this.#state;
  }

  get lostAt(): number | null {
    return this.#lostAt;
  }

  /** The connection's state (W3C WebRTC, section 4.3.3) has become another. */
  follow(connection: RTCPeerConnectionState): void {
    switch (connection) {
      case 'connected':
        this.#found();
        break;
      case 'connecting':
      case 'disconnected':
        if (this.#state === 'connected') {
          this.#lost();
          this.#restartIn(PATIENCE_MS + this.#courtesy);
        }
        break;
      case 'failed':
        this.#lost();
        // Once restarts have begun, their pace stands: a network that is gone fails each of them at once.
        if (this.#restarts === 0) this.#restartIn(this.#courtesy);
        break;
      case 'new':
      case 'closed':
        break;
    }
  }

  /** Nothing arrives any more, although the connection's state does not say so yet. */
  silent(): void {
    if (this.#state !== 'connected') return;
    this.#lost();
    // The other side may have found it first, and begun or asked us to.
    const isUnderWay = Date.now() - this.#begunAt < PATIENCE_MS;
    this.#restartIn(isUnderWay ? PATIENCE_MS : this.#courtesy);
  }

  /** After `silent`: something has arrived. */
  flowing(): void {
    this.#found();
  }

  /** The other side has begun anew: give it time before we do. */
  heard(): void {
    this.#begunAt = Date.now();
    if (this.#state !== 'connected') {
      this.#restartIn(this.#state === 'connecting' ? FIRST_PATIENCE_MS : this.#pause);
    }
  }

  /** An address of either side has come, which may be the one that connects: not to be thrown away by a restart.
   *  A browser may learn only after a second or two that the machine is on another network. */
  progress(): void {
    if (this.#next === null || this.#nextAt - Date.now() >= ADDRESS_PATIENCE_MS) return;
    this.#restartIn(ADDRESS_PATIENCE_MS);
  }

  /** Restart now, for a reason from outside. */
  restartNow(): void {
    this.#restarts = 0;
    this.#restart();
  }

  end(): void {
    this.#stop();
  }

  get #courtesy(): number {
    return this.#options.polite ? COURTESY_MS : 0;
  }

  get #pause(): number {
    return Math.min(PATIENCE_MS * 2 ** Math.max(0, this.#restarts - 1), LONGEST_PAUSE_MS);
  }

  #found(): void {
    this.#stop();
    this.#restarts = 0;
    if (this.#state === 'connected') return;
    this.#state = 'connected';
    this.#lostAt = null;
    this.#options.onChange();
  }

  #lost(): void {
    if (this.#state !== 'connected') return;
    this.#state = 'reconnecting';
    this.#lostAt = Date.now();
    this.#despairLater();
    this.#options.onChange();
  }

  #restart(): void {
    this.#restarts += 1;
    this.#begunAt = Date.now();
    // A connection that is restarted while it is healthy stays connected: nothing would end the repeats.
    if (this.#state !== 'connected') this.#restartIn(this.#pause);
    this.#options.restart();
  }

  #restartIn(ms: number): void {
    if (this.#next !== null) clearTimeout(this.#next);
    this.#nextAt = Date.now() + ms;
    this.#next = setTimeout(() => {
      this.#next = null;
      this.#restart();
    }, ms);
  }

  #despairLater(): void {
    this.#despair = setTimeout(() => {
      this.#despair = null;
      this.#state = 'failed';
      this.#options.onChange();
    }, FAILED_AFTER_MS);
  }

  #stop(): void {
    if (this.#next !== null) clearTimeout(this.#next);
    if (this.#despair !== null) clearTimeout(this.#despair);
    this.#next = null;
    this.#despair = null;
  }
}
