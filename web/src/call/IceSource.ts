import { logger } from '../lib/logger';
import type { Ice, PublicIce } from '../protocol/messages.gen';
import type { RelayView } from './callState';

const log = logger('ice');

/** The share of their lifetime after which credentials are renewed. */
const RENEW_AT = 0.75;
const RETRY_MS = 5_000;
/** The longest that a timer can be (HTML, section 8.6): 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Which links begin anew with another configuration: those through TURN, whose way would end with the old
 *  credentials; or all, because how they go is another matter now. */
export type Restarting = 'none' | 'relayed' | 'all';

export interface IceSourceOptions {
  /** Whether to hide one's network address from the others. */
  readonly hideAddress: boolean;
  /** That was chosen, and is to be kept for the next visit. */
  readonly onHideAddress: (hide: boolean) => void;
  /** What the server tells those who are not in a room. */
  readonly lookUp: () => Promise<PublicIce>;
  /** Fresh credentials, for those who are. */
  readonly ask: () => Promise<Ice>;
  readonly onView: (view: RelayView) => void;
  /** The links are to use `configuration` from now on. */
  readonly onChange: (restarting: Restarting) => void;
}

/** What the links are configured with: STUN before one is in a room, then what comes with the place in it,
 *  renewed before its credentials expire. */
export class IceSource {
  readonly #options: IceSourceOptions;
  #view: RelayView;
  #servers: readonly RTCIceServer[] = [];
  #renewal: ReturnType<typeof setTimeout> | null = null;
  /** The credentials in use are about to expire. */
  #isDue = false;

  constructor(options: IceSourceOptions) {
    this.#options = options;
    this.#view = { wanted: options.hideAddress, forced: false, available: null };
  }

  get view(): RelayView {
    return this.#view;
  }

  get configuration(): RTCConfiguration {
    const { wanted, forced } = this.#view;
    return { iceServers: [...this.#servers], iceTransportPolicy: wanted || forced ? 'relay' : 'all' };
  }

  #isKnown(): boolean {
    return this.#view.available !== null;
  }

  /** For the lobby. Nothing where it is known; where it cannot be had the call may do without. */
  async lookUp(): Promise<void> {
    if (this.#isKnown()) return;
    try {
      const { iceServers, hasRelay, relayOnly } = await this.#options.lookUp();
      if (this.#isKnown()) return; // a place in the room came first, and knows better
      this.#servers = iceServers.map(copied);
      this.#see({ available: hasRelay, forced: relayOnly });
    } catch (error) {
      log.warn('no ICE servers yet', error);
    }
  }

  /** What came with a place in the room. Relayed links are left alone until what they use is due. */
  take({ servers, relayOnly, expiresIn }: Ice): void {
    const wasDue = this.#isDue;
    if (wasDue) this.stop();
    this.#servers = servers.map(copied);
    this.#see({ available: this.#servers.some(isTurn), forced: relayOnly });
    this.#options.onChange(wasDue ? 'relayed' : 'none');
    if (this.#renewal === null && expiresIn !== null) this.#renewIn(expiresIn * RENEW_AT * 1000);
  }

  /** What came for links that are prepared before one is in the room. They do not live to see it expire. */
  borrow({ servers, relayOnly }: Ice): void {
    this.#servers = servers.map(copied);
    this.#see({ available: this.#servers.some(isTurn), forced: relayOnly });
  }

  /** Whether to hide one's network address: the others then see that of the TURN server only. */
  hide(wanted: boolean): void {
    if (this.#view.wanted === wanted) return;
    this.#options.onHideAddress(wanted);
    this.#see({ wanted });
    if (!this.#view.forced) this.#options.onChange('all');
  }

  /** One is out of the room: nothing is renewed. */
  stop(): void {
    if (this.#renewal !== null) clearTimeout(this.#renewal);
    this.#renewal = null;
    this.#isDue = false;
  }

  #renewIn(ms: number): void {
    this.#renewal = setTimeout(
      () => {
        this.#isDue = true;
        void this.#renew();
      },
      Math.min(ms, LONGEST_TIMER_MS),
    );
  }

  /** While the server is away this fails; the place that is taken again brings fresh ones as well. */
  async #renew(): Promise<void> {
    const renewal = this.#renewal;
    try {
      const ice = await this.#options.ask();
      if (this.#renewal === renewal) this.take(ice);
    } catch (error) {
      log.info(`ICE servers are not renewed yet: ${String(error)}`);
      if (this.#renewal === renewal) this.#renewIn(RETRY_MS);
    }
  }

  #see(change: Partial<RelayView>): void {
    this.#view = { ...this.#view, ...change };
    this.#options.onView(this.#view);
  }
}

/** A browser wants lists that it may change. */
function copied({ urls, ...rest }: { readonly urls: readonly string[] }): RTCIceServer {
  return { ...rest, urls: [...urls] };
}

function isTurn({ urls }: RTCIceServer): boolean {
  return [urls].flat().some((url) => url.startsWith('turn'));
}
