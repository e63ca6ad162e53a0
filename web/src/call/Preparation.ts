import { codeOf } from '../lib/errors';
import { logger } from '../lib/logger';
import type { Prepared, ReadyLink } from '../protocol/messages.gen';
import type { Description } from '../rtc/descriptions';
import type { Keys } from './Doorstep';
import type { IceSource } from './IceSource';
import type { JoinWay } from './joinTiming';
import type { LinkSet } from './LinkSet';
import type { Signaling } from './parts';

const log = logger('preparation');

/** Members have answered by then; for those who have not, we make an offer of our own. */
const SETTLE_MS = 2_000;
/** After the server would not prepare: whatever it was may be over. */
const RETRY_MS = 60_000;
/** A member whose machine is busy with a new link gets to a visitor a little later. */
const BUSY_MS = 500;
/** Offers of our own: each costs a connection. */
const MAX_OFFERS = 4;
/** The same where it is not told how many are inside: what is too much is given up on entering. */
const GUESSED_INSIDE = 2;

export interface PreparationOptions {
  readonly roomId: string;
  readonly signaling: Pick<Signaling, 'request' | 'tell'>;
  readonly links: Pick<
    LinkSet,
    'prepare' | 'unprepare' | 'clearPrepared' | 'isPrepared' | 'offerOf' | 'adopt' | 'answer' | 'isConnecting'
  >;
  /** With the passcode, as far as it is known. */
  readonly keys: () => Keys;
  /** The passcode was a wrong one: it is not to be tried again. */
  readonly onWrongPasscode: () => void;
  readonly ice: Pick<IceSource, 'configuration' | 'lookUp' | 'borrow'>;
  /** How many are in the room, as far as one knows from outside; null where that is not told. */
  readonly inside: () => number | null;
}

/** What is made ready before one enters, on both sides of the door (docs/protocol.md, "Preparing in the
 *  lobby").
 *
 *  A visitor answers the offers of the members. For members with whom nothing is prepared (their server
 *  or browser does not, or ours cannot wait that long) it has offers of its own, with addresses, that go out
 *  with the press on Join. */
export class Preparation {
  readonly #options: PreparationOptions;
  /** Counts visits; what an earlier one still awaits is out of date. */
  #visit = 0;
  #isVisiting = false;
  /** Whether we wait at the door. */
  #isKnocking = false;
  /** Links that members have made with us, while we are before the door. */
  readonly #answered = new Set<string>();
  /** Ids of our own offers. */
  readonly #own: string[] = [];
  /** Those that went out with the press on Join, in this order. */
  #sent: readonly string[] = [];
  #mayOffer = false;
  /** With so many members the server prepares links. */
  #links = 0;
  /** Links that visitors wait for while the machine is busy. */
  readonly #waiting = new Set<string>();
  /** This browser gives a link up that waits for addresses. */
  #cannotWait = false;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  // --- before the door -------------------------------------------------------------------------------

  /** We are about to enter, with all devices that we will have. Safe twice. */
  visit(): void {
    if (this.#isVisiting) return;
    this.#isVisiting = true;
    this.#askAnew();
  }

  /** We wait at the door: the server prepares links with those who may answer there. Our own offers stay for
   *  the others. */
  knock(): void {
    this.#isVisiting = true;
    this.#isKnocking = true;
    void this.#ask();
  }

  /** We do not enter after all. Safe twice. */
  leave(): void {
    if (this.#isVisiting) this.#options.signaling.tell('unprepare', {});
    this.forget();
  }

  /** The server knows nothing of us any more: the connection is gone. Safe twice. */
  forget(): void {
    this.#isVisiting = false;
    this.#isKnocking = false;
    this.#startOver();
  }

  /** How many are inside may have changed. */
  update(): void {
    if (!this.#isVisiting || !this.#mayOffer) return;
    const inside = this.#options.inside() ?? this.#guessInside();
    const missing = inside - this.#answered.size;
    const wanted = Math.max(0, Math.min(missing, MAX_OFFERS));
    while (this.#own.length > wanted) this.#options.links.unprepare(this.#own.pop() ?? '');
    while (this.#own.length < wanted) {
      const id = `own offer ${this.#own.length}`;
      this.#own.push(id);
      this.#options.links.prepare(id, true, this.#options.ice.configuration);
    }
  }

  #guessInside(): number {
    if (this.#isKnocking) return Math.max(this.#links, GUESSED_INSIDE);
    return this.#links > 0 ? this.#links : GUESSED_INSIDE;
  }

  /** An offer has arrived: if it is a member's to us before the door, a link is made to answer it. */
  expectOffer(from: string): void {
    if (!this.#isVisiting || this.#options.links.isPrepared(from)) return;
    this.#answered.add(from);
    this.#options.links.prepare(from, false, this.#options.ice.configuration);
  }

  /** To be sent with the press on Join. */
  offers(): readonly Description[] {
    const ready = this.#own.flatMap((id) => {
      const offer = this.#options.links.offerOf(id);
      return offer === null ? [] : [{ id, offer }];
    });
    this.#sent = ready.map(({ id }) => id);
    return ready.map(({ offer }) => offer);
  }

  /** We are inside. What was prepared is adopted, the rest is given up. Returns how each link was made. */
  entered(ready: readonly ReadyLink[], selfId: string): ReadonlyMap<string, JoinWay> {
    const ways = new Map<string, JoinWay>();
    for (const link of ready) {
      const id = link.link ?? this.#sent[link.offer ?? -1];
      if (id === undefined) continue;
      if (this.#options.links.isPrepared(id)) {
        ways.set(link.participantId, link.link == null ? 'offered' : 'prepared');
      }
      this.#options.links.adopt(id, link, selfId);
    }
    this.forget();
    return ways;
  }

  /** Whether a prepared link is ours alone: nobody gets its signals before Join is pressed. */
  isOwn(id: string): boolean {
    return this.#own.includes(id);
  }

  // --- inside ----------------------------------------------------------------------------------------

  /** Somebody is before the door: make a link. */
  receive(link: string): void {
    if (this.#cannotWait) this.#options.signaling.tell('unprepare', { link });
    else this.#offer(link);
  }

  /** Somebody enters with whom there is a link already. */
  admit({ participantId, link, offer, candidates }: Prepared, selfId: string): void {
    if (link != null)
      this.#options.links.adopt(link, { participantId, ...(candidates && { candidates }) }, selfId);
    else if (offer != null)
      this.#options.links.answer(participantId, offer, selfId, this.#options.ice.configuration);
  }

  // --- both ------------------------------------------------------------------------------------------

  /** The other side has gone, or cannot. */
  drop(link: string): void {
    this.#answered.delete(link);
    this.#waiting.delete(link);
    this.#options.links.unprepare(link);
    this.update();
  }

  /** A link has failed while it waited. */
  spoil(link: string): void {
    if (!this.#options.links.isPrepared(link)) return;
    log.info('this browser does not wait for addresses');
    this.#cannotWait = true;
    this.#mayOffer = true;
    this.#options.signaling.tell('unprepare', { link });
    this.drop(link);
  }

  #askAnew(): void {
    this.#startOver();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#turn();
    const visit = this.#visit;
    await this.#options.ice.lookUp();
    if (visit !== this.#visit) return;
    if (this.#cannotWait) {
      this.#mayOffer = true;
      this.update();
      return;
    }
    try {
      const { links, refreshIn, ice, refusal } = await this.#options.signaling.request('prepare', {
        roomId: this.#options.roomId,
        ...this.#options.keys(),
      });
      if (visit !== this.#visit) return;
      this.#links = links;
      this.#options.ice.borrow(ice);
      if (refusal === 'passcode_wrong') this.#options.onWrongPasscode();
      this.#later(links === 0 ? 0 : SETTLE_MS, () => {
        this.#mayOffer = true;
        this.update();
      });
      this.#later(refreshIn * 1000, () => {
        this.#refresh();
      });
    } catch (error) {
      if (visit !== this.#visit) return;
      log.debug(`not prepared: ${codeOf(error)}`);
      this.#later(RETRY_MS, () => {
        this.#refresh();
      });
    }
  }

  /** Routers and relays have forgotten, or will soon. A page that nobody looks at does without until then, unless
   *  it waits at the door: there one looks at something else. */
  #refresh(): void {
    if (typeof document !== 'undefined' && document.hidden && !this.#isKnocking) this.leave();
    else this.#askAnew();
  }

  #offer(link: string): void {
    if (!this.#options.links.isConnecting) {
      this.#options.links.prepare(link, true, this.#options.ice.configuration);
      return;
    }
    this.#waiting.add(link);
    this.#later(BUSY_MS, () => {
      if (this.#waiting.delete(link)) this.#offer(link);
    });
  }

  /** What was asked before is out of date, and what was to be done later. */
  #turn(): void {
    this.#visit += 1;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #startOver(): void {
    this.#turn();
    this.#mayOffer = false;
    this.#links = 0;
    this.#answered.clear();
    this.#waiting.clear();
    this.#own.length = 0;
    this.#options.links.clearPrepared();
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
