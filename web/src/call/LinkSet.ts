import { logger } from '../lib/logger';
import type { LocalMedia, MediaKind } from '../rtc/LocalMedia';
import type { LinkView, PeerLink, PeerLinkOptions, Signal } from '../rtc/PeerLink';
import type { Restarting } from './IceSource';
import type { CaredLink, LinkCare } from './LinkCare';

const log = logger('links');

export type Link = Pick<PeerLink, 'setTrack' | 'configure' | 'receive' | 'resync' | 'examine' | 'end'> &
  CaredLink;

export interface LinkSetOptions {
  readonly makeLink: (options: PeerLinkOptions) => Link;
  readonly media: Pick<LocalMedia, 'track'>;
  readonly care: Pick<LinkCare, 'follow' | 'receive' | 'onCamera'>;
  readonly send: (to: string, signal: Signal) => void;
  /** Another link, or another state of one. */
  readonly onChange: (links: ReadonlyMap<string, LinkView>) => void;
  /** A link that was connected is not any more, or may not be. */
  readonly onLinkLost: () => void;
  /** This peer has closed its side of the link: it has left, or will make another. */
  readonly onLinkClosed: (id: string) => void;
  /** A link is connected, for the first time or again. */
  readonly onLinkFound: () => void;
}

/** The links of one call: exactly one to each of the others in the room. */
export class LinkSet {
  readonly #options: LinkSetOptions;
  readonly #links = new Map<string, Link>();

  constructor(options: LinkSetOptions) {
    this.#options = options;
  }

  /** Make the links those to `others`: what is missing is made, what is too much is ended, the rest is
   *  left alone. `initiator`: whether we make the first offer on the new ones. */
  update(selfId: string, others: readonly string[], initiator: boolean, rtc: RTCConfiguration): void {
    const wanted = new Set(others);
    for (const [id, link] of [...this.#links]) {
      if (wanted.has(id)) continue;
      this.#links.delete(id);
      link.end();
    }
    for (const id of wanted) {
      if (!this.#links.has(id)) this.#add(id, selfId < id, initiator, rtc);
    }
    this.#changed();
  }

  /** A signal of a peer. To be called on arrival, in order. */
  receive(from: string, signal: Signal): void {
    const link = this.#links.get(from);
    if (link === undefined) log.debug(`signal of ${from}, who is not here`);
    else link.receive(signal);
  }

  setTrack(kind: MediaKind, track: MediaStreamTrack | null): void {
    for (const link of this.#links.values()) link.setTrack(kind, track);
    if (kind === 'video') this.#options.care.onCamera();
  }

  /** All links use these ICE servers and this policy from now on. */
  configure(rtc: RTCConfiguration, restarting: Restarting): void {
    for (const link of this.#links.values()) link.configure(rtc, restarting);
  }

  get ids(): readonly string[] {
    return [...this.#links.keys()];
  }

  /** Those that were connected and are not. */
  get lostIds(): readonly string[] {
    return [...this.#links].filter(([, link]) => isLost(link.view)).map(([id]) => id);
  }

  /** Signals to and from these peers may have been lost. */
  resync(ids: readonly string[]): void {
    for (const id of ids) this.#links.get(id)?.resync();
  }

  /** The network may be another one now: links that are dead restart, the others are left alone. */
  examine(): void {
    for (const link of this.#links.values()) link.examine();
  }

  /** End all. */
  clear(): void {
    for (const link of this.#links.values()) link.end();
    this.#links.clear();
    this.#changed();
  }

  #add(id: string, polite: boolean, initiator: boolean, rtcConfiguration: RTCConfiguration): void {
    const link = this.#options.makeLink({
      polite,
      initiator,
      rtcConfiguration,
      send: (signal) => {
        this.#options.send(id, signal);
      },
      onChange: (view) => {
        log.info(`link to ${id}: ${view.state}`);
        this.#changed();
        if (view.state === 'reconnecting') this.#options.onLinkLost();
        if (view.state === 'connected') this.#options.onLinkFound();
      },
      onDoubt: this.#options.onLinkLost,
      onClosed: () => {
        this.#options.onLinkClosed(id);
      },
      onMessage: (message) => {
        this.#options.care.receive(id, message);
      },
      onError: (error) => {
        log.error(`link to ${id}`, error);
      },
    });
    for (const kind of ['audio', 'video'] as const) link.setTrack(kind, this.#options.media.track(kind));
    this.#links.set(id, link);
  }

  #changed(): void {
    this.#options.care.follow(this.#links);
    this.#options.onChange(new Map([...this.#links].map(([id, link]) => [id, link.view])));
  }
}

function isLost({ state }: LinkView): boolean {
  return state === 'reconnecting' || state === 'failed';
}
