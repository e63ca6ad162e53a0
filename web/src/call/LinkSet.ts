import { logger } from '../lib/logger';
import type { ReadyLink } from '../protocol/messages.gen';
import type { Description, Signal } from '../rtc/descriptions';
import type { LinkStep, LinkView, PeerLink, PeerLinkOptions } from '../rtc/PeerLink';
import { SOURCES, type Source, type Tracks } from '../rtc/sources';
import type { Restarting } from './IceSource';
import type { CaredLink, LinkCare } from './LinkCare';

const log = logger('links');

export type Link = Pick<
  PeerLink,
  | 'offer'
  | 'setTrack'
  | 'setPictureAside'
  | 'configure'
  | 'receive'
  | 'release'
  | 'resync'
  | 'examine'
  | 'end'
> &
  CaredLink;

export interface LinkSetOptions {
  readonly makeLink: (options: PeerLinkOptions) => Link;
  readonly media: Tracks;
  readonly care: Pick<LinkCare, 'follow' | 'receive' | 'onTrack'>;
  readonly send: (to: string, signal: Signal) => void;
  /** Another link, or another state of one. */
  readonly onChange: (links: ReadonlyMap<string, LinkView>) => void;
  /** A link that was connected is not any more, or may not be. */
  readonly onLinkLost: () => void;
  /** This peer has closed its side of the link: it has left, or will make another. */
  readonly onLinkClosed: (id: string) => void;
  /** A link is connected, for the first time or again. */
  readonly onLinkFound: () => void;
  readonly onStep: (id: string, step: LinkStep) => void;
  /** A prepared link did not stand the wait. */
  readonly onSpoilt: (id: string) => void;
}

/** A link, and where its signals go: that changes when a prepared link becomes one of the call. */
interface Entry {
  id: string;
  readonly link: Link;
}

/** The links of one call: exactly one to each of the others in the room. And those that are prepared with
 *  somebody who is not in the call yet, or with whom we are not: by an id of their own, until they are
 *  adopted. */
export class LinkSet {
  readonly #options: LinkSetOptions;
  readonly #links = new Map<string, Link>();
  readonly #prepared = new Map<string, Entry>();
  /** Participants to whom there is a link already, and who appear in the room with the next `update`. */
  readonly #unseen = new Set<string>();
  /** Participants by the ids of the links that they were prepared under. */
  readonly #adopted = new Map<string, string>();
  #views: ReadonlyMap<string, LinkView> = new Map();

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
      if (this.#links.has(id)) continue;
      this.#links.set(id, this.#make(id, { polite: selfId < id, initiator }, rtc).link);
    }
    this.#unseen.clear();
    this.#changed();
  }

  /** Somebody's camera is off. To be called before the `update` that brings them. */
  setPictureAside(id: string): void {
    if (this.#unseen.has(id)) this.#links.get(id)?.setPictureAside();
  }

  /** A signal of a peer. To be called on arrival, in order. */
  receive(from: string, signal: Signal): void {
    const link = this.#links.get(this.#adopted.get(from) ?? from) ?? this.#prepared.get(from)?.link;
    if (link === undefined) log.debug(`signal of ${from}, who is not here`);
    else link.receive(signal);
  }

  setTrack(source: Source, track: MediaStreamTrack | null): void {
    for (const link of this.#links.values()) link.setTrack(source, track);
    for (const { link } of this.#prepared.values()) link.setTrack(source, track);
    this.#options.care.onTrack();
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

  /** Whether a link is being connected for the first time: then the machine has enough to do. */
  get isConnecting(): boolean {
    return [...this.#links.values()].some((link) => link.view.state === 'connecting');
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
    this.clearPrepared();
    this.#adopted.clear();
    this.#changed();
  }

  // --- before the call -------------------------------------------------------------------------------

  /** Begin to prepare a link under an id. */
  prepare(id: string, initiator: boolean, rtc: RTCConfiguration): void {
    if (this.#prepared.has(id)) return;
    this.#prepared.set(id, this.#make(id, { polite: false, initiator, prepared: true }, rtc));
  }

  isPrepared(id: string): boolean {
    return this.#prepared.has(id);
  }

  /** The offer of a prepared link, with its addresses; null where it has none yet. */
  offerOf(id: string): Description | null {
    return this.#prepared.get(id)?.link.offer ?? null;
  }

  /** A prepared link becomes that to a participant, who appears in the room with the next `update`. */
  adopt(id: string, { participantId, candidates = [] }: ReadyLink, selfId: string): void {
    this.#adopted.set(id, participantId);
    const entry = this.#prepared.get(id);
    if (entry === undefined || this.#links.has(participantId)) return;
    this.#prepared.delete(id);
    entry.id = participantId;
    this.#links.set(participantId, entry.link);
    this.#unseen.add(participantId);
    entry.link.release({ polite: selfId < participantId, candidates });
  }

  /** Answer the offer of a participant who appears in the room with the next `update`. */
  answer(participantId: string, offer: Description, selfId: string, rtc: RTCConfiguration): void {
    if (this.#links.has(participantId)) return;
    const { link } = this.#make(participantId, { polite: selfId < participantId, initiator: false }, rtc);
    this.#links.set(participantId, link);
    this.#unseen.add(participantId);
    link.receive({ description: offer });
  }

  /** Give up a link that was prepared. */
  unprepare(id: string): void {
    this.#prepared.get(id)?.link.end();
    this.#prepared.delete(id);
  }

  clearPrepared(): void {
    for (const id of [...this.#prepared.keys()]) this.unprepare(id);
  }

  #make(
    id: string,
    role: Pick<PeerLinkOptions, 'polite' | 'initiator' | 'prepared'>,
    rtcConfiguration: RTCConfiguration,
  ): Entry {
    const entry: { id: string } = { id };
    const link = this.#options.makeLink({
      ...role,
      rtcConfiguration,
      send: (signal) => {
        this.#options.send(entry.id, signal);
      },
      onChange: (view) => {
        log.info(`link to ${entry.id}: ${view.state}`);
        this.#changed();
        if (view.state === 'reconnecting') this.#options.onLinkLost();
        if (view.state === 'connected') this.#options.onLinkFound();
      },
      onDoubt: this.#options.onLinkLost,
      onClosed: () => {
        this.#options.onLinkClosed(entry.id);
      },
      onMessage: (message) => {
        this.#options.care.receive(entry.id, message);
      },
      onError: (error) => {
        log.error(`link to ${entry.id}`, error);
      },
      onStep: (step) => {
        this.#options.onStep(entry.id, step);
      },
      onSpoilt: () => {
        this.#options.onSpoilt(entry.id);
      },
    });
    for (const source of SOURCES) link.setTrack(source, this.#options.media.track(source));
    return Object.assign(entry, { link });
  }

  #changed(): void {
    this.#options.care.follow(this.#links);
    const before = this.#views;
    this.#views = new Map(
      [...this.#links].map(([id, { view }]) => {
        const known = before.get(id);
        return [id, known !== undefined && isSame(known, view) ? known : view];
      }),
    );
    this.#options.onChange(this.#views);
  }
}

/** A link that is as it was is the same object: its tile is not drawn anew because of another one. */
function isSame(one: LinkView, other: LinkView): boolean {
  return one.state === other.state && one.lostAt === other.lostAt && one.stream === other.stream;
}

function isLost({ state }: LinkView): boolean {
  return state === 'reconnecting' || state === 'failed';
}
