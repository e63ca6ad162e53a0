import { createStore, type StoreApi } from 'zustand/vanilla';
import { codeOf, type ErrorCode } from '../lib/errors';
import { logger } from '../lib/logger';
import type { Media, Notices, RoomEntered } from '../protocol/messages.gen';
import type { NoticeName, SignalingHandlers } from '../protocol/SignalingClient';
import type { LocalMedia, MediaChoice, MediaState } from '../rtc/LocalMedia';
import { LocalScreen } from '../rtc/LocalScreen';
import type { Signal } from '../rtc/descriptions';
import type { Tracks } from '../rtc/sources';
import {
  initialState,
  isOpenTo,
  isToBeAsked,
  sentMedia,
  summaryOf,
  type CallState,
  type EndReason,
  type Phase,
  type RosterEvent,
} from './callState';
import { Curtain } from './Curtain';
import { Doorstep, type Keys } from './Doorstep';
import { Entrance } from './Entrance';
import { hearModeration } from './moderation';
import { IceSource, type IceSourceOptions } from './IceSource';
import { LinkCare } from './LinkCare';
import { LinkSet } from './LinkSet';
import { Mailbox } from './Mailbox';
import { MediaTeller } from './MediaTeller';
import { watchPage, type PageEvents } from './pageEvents';
import { realParts, type CallParts, type Signaling } from './parts';
import { afterNotResumed } from './resuming';
import { RoomLookup } from './RoomLookup';
import { Roster } from './Roster';
import { sendSignal } from './sendSignal';
import type { TalkOptions } from './Talk';

const log = logger('call');

/** How long a join waits for the connection to the server. */
const CONNECT_PATIENCE_MS = 8_000;
/** Between two tries of what the server could not do at the moment. */
const RETRY_MS = 2_000;

export interface CallSessionOptions extends Pick<IceSourceOptions, 'hideAddress' | 'onHideAddress'> {
  readonly roomId: string;
  /** The room token with which one came. */
  readonly token?: string | null;
  readonly mediaChoice: MediaChoice;
  /** Called whenever a choice of device, microphone or camera is to be kept for the next visit. */
  readonly onRemember: (choice: MediaChoice) => void;
  /** What this browser has for the door of the room. */
  readonly keys?: () => Keys;
  /** The server's origin; the page's own by default. */
  readonly baseUrl?: string;
}

/** One visit to a room: the lobby, the call, the page after it, and any number of times again.
 *
 *  Owns the signaling, the devices and the links; `store` is all that pages need to know, of which they draw what
 *  `shown` has; the methods are all that they may do. None of the methods throws: what goes wrong is in the state. */
export class CallSession {
  readonly store: StoreApi<CallState>;
  /** The same, a moment later where that makes a picture come earlier. */
  readonly shown: StoreApi<CallState>;
  /** For the devices: what to turn on, off and choose, and the level meter's track. */
  readonly media: LocalMedia;
  /** One's own screen: to share it, and how. */
  readonly screen: LocalScreen;
  /** For what comes with the call's page: what it may ask of the server, and hear. */
  readonly wire: Pick<TalkOptions, 'call' | 'signaling'>;
  /** What links carry, and how large the others are shown. */
  readonly care: LinkCare;
  readonly #roomId: string;
  /** For the requests of one who came with a room token. */
  readonly #token: { readonly token?: string };
  readonly #signaling: Signaling;
  readonly #links: LinkSet;
  readonly #roster: Roster;
  readonly #ice: IceSource;
  readonly #lookup: RoomLookup;
  readonly #mailbox = new Mailbox();
  readonly #entrance: Entrance;
  readonly #doorstep: Doorstep;
  readonly #teller: MediaTeller;
  /** Each act that changes where one is takes a turn; what an earlier one still awaits is out of date. */
  #turn = 0;
  #name = '';
  #ticket: string | null = null;
  /** Aborted by `end`; null while closed. */
  #life: AbortController | null = null;

  constructor(options: CallSessionOptions, parts: CallParts = realParts) {
    this.#roomId = options.roomId;
    this.#token = options.token == null ? {} : { token: options.token };
    const api = options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl };
    this.media = parts.makeMedia(options.mediaChoice, options.onRemember);
    this.screen = new LocalScreen(
      (screen) => {
        this.store.setState({ screen });
        this.#teller.run();
      },
      (source, track) => {
        this.#links.setTrack(source, track);
      },
    );
    const tracks: Tracks = {
      track: (source) =>
        source === 'audio' || source === 'video' ? this.media.track(source) : this.screen.track(source),
    };
    this.#ice = new IceSource({
      ...options,
      lookUp: () => parts.iceServers(api),
      ask: async () => (await this.#signaling.request('getIceServers', {})).ice,
      onView: (relay) => {
        this.store.setState({ relay });
      },
      onChange: (restarting) => {
        this.#links.configure(this.#ice.configuration, restarting);
        if (restarting === 'all') this.#entrance.prepareAnew();
      },
    });
    this.store = createStore(() =>
      initialState(options.roomId, this.media.state, this.screen.state, this.#ice.view),
    );
    const curtain = new Curtain(this.store);
    this.shown = curtain.shown;
    this.#signaling = parts.makeSignaling(this.#server, options.baseUrl);
    this.care = new LinkCare(tracks, (qualities) => {
      this.store.setState({ qualities });
    });
    this.#links = new LinkSet({
      makeLink: parts.makeLink,
      media: tracks,
      care: this.care,
      send: (to, signal) => {
        this.#send(to, signal);
      },
      onChange: (links) => {
        this.store.setState({ links });
      },
      onLinkLost: () => {
        // What took the link may have taken the server's connection too, which would not notice so soon.
        this.#signaling.reconnectNow();
      },
      onLinkClosed: (id) => {
        this.#roster.onLinkClosed(id);
      },
      onLinkFound: () => {
        if (!this.#signaling.connected) this.#signaling.reconnectNow();
      },
      onStep: (...step) => {
        this.#entrance.onStep(...step);
      },
      onSpoilt: (id) => {
        this.#entrance.onSpoilt(id);
      },
    });
    this.wire = { call: this.store, signaling: this.#signaling };
    const [store, signaling, links, ice] = [this.store, this.#signaling, this.#links, this.#ice];
    this.#roster = new Roster({ store, links, configuration: () => ice.configuration });
    const keys = () => ({ ...options.keys?.(), ...this.#token });
    this.#entrance = new Entrance({
      ...{ store, curtain, signaling, links, ice },
      keys: () => ({
        ...keys(),
        ...(this.#doorstep.passcode !== '' && { passcode: this.#doorstep.passcode }),
      }),
      onWrongPasscode: () => {
        this.#doorstep.passcode = '';
      },
    });
    this.#doorstep = new Doorstep({
      ...{ store, signaling, keys },
      onWaiting: () => {
        this.#mailbox.release();
        this.#entrance.knock();
      },
      // To be let in is what one waits for from here on.
      onAdmitted: () => {
        this.#entrance.press();
      },
    });
    this.#teller = new MediaTeller(
      () => (this.#phase.name === 'connected' ? this.#sent : null),
      (media) =>
        this.#signaling.request('updateMedia', { media }).catch((error: unknown) => {
          if (media.screen === true && codeOf(error) === 'not_allowed') this.screen.refuse();
          throw error;
        }),
    );
    this.#lookup = new RoomLookup(
      (signal) => parts.lookUpRoom(this.#roomId, { ...api, ...keys(), signal }),
      (lookup) => {
        this.store.setState({ lookup });
        this.#entrance.prepare();
      },
    );
    this.#hear();
    this.media.subscribe((media) => {
      this.#onMedia(media);
    });
    this.media.onTrack((kind, track) => {
      this.#links.setTrack(kind, track);
    });
  }

  /** The page of this room is shown: look it up, look up the devices, connect to the server. Safe twice;
   *  again after `end`. */
  open(): void {
    if (this.#life !== null) return;
    this.#life = new AbortController();
    watchPage(this.#page, this.#life.signal);
    if (this.#phase.name === 'ended') return;
    this.#enterLobby();
  }

  /** Enter the call. From a click, because the browser may have to ask for the devices. Devices never
   *  make it fail: one joins with what there is. Other errors lead back to the lobby, as its problem. */
  async join(name: string, passcode?: string): Promise<void> {
    if (this.#phase.name !== 'idle' && this.#phase.name !== 'ended') return;
    const turn = this.#takeTurn();
    this.#entrance.press();
    this.#name = name;
    if (passcode !== undefined) this.#doorstep.passcode = passcode;
    this.#lookup.stop();
    // It is on its way before anything is drawn.
    const entering = this.#isReady ? this.#requestJoin() : this.#requestJoinWhenReady(turn);
    this.#setPhase({ name: 'joining', isOpen: this.#isReady && isOpenTo(this.store.getState()) });
    try {
      const entered = await entering;
      if (entered === null || turn !== this.#turn) return;
      this.#roster.begin();
      this.store.setState({ enteredAt: Date.now() });
      this.#entrance.pass(entered);
      this.#enter(entered, { initiator: false });
    } catch (error) {
      if (turn !== this.#turn) return;
      log.info(`not joined: ${String(error)}`);
      this.#mailbox.clear();
      this.#setPhase({ name: 'idle', problem: { code: codeOf(error) } });
      this.#lookup.start();
      this.#entrance.prepare();
    }
  }

  /** Somebody has typed a passcode, and may press Join next: links are made ready with it. */
  bringPasscode(passcode: string): void {
    this.#doorstep.passcode = passcode;
    this.#entrance.prepareAnew();
  }

  /** A picture of a participant was painted. */
  sawFrame(id: string): void {
    this.#entrance.sawFrame(id);
  }

  /** Enter again under the same name, from the page after the call. */
  rejoin(): Promise<void> {
    return this.join(this.#name);
  }

  /** Leave the call for the page after it; while joining, go back to the lobby. */
  leave(): void {
    const { name } = this.#phase;
    if (name === 'joining' || name === 'waiting') {
      this.#takeTurn();
      this.#doorstep.leave();
      // In order behind the join, if that is on its way; refused without harm if it is not.
      this.#signaling.tell('leaveRoom', {});
      this.#mailbox.clear();
      this.#entrance.turnBack();
      this.#setPhase({ name: 'idle' });
      this.#lookup.start();
      this.#entrance.prepare();
    } else if (name === 'connected' || name === 'reconnecting') {
      this.#signaling.tell('leaveRoom', {});
      this.#finish('left');
    }
  }

  /** Whether to hide one's network address from the others. In a call every link goes another way then. */
  hideAddress(hide: boolean): void {
    this.#ice.hide(hide);
  }

  /** "Try now": what is tried by itself every few seconds is tried at once. */
  retry(): void {
    if (this.#phase.name === 'ended') return;
    this.#signaling.open();
    this.#signaling.reconnectNow();
    if (this.#phase.name === 'idle') this.#lookup.start();
    this.#entrance.prepare();
    this.#links.resync(this.#links.lostIds);
  }

  /** The page of this room is left: leave the call and let go of everything. Safe twice. */
  end(): void {
    if (this.#life === null) return;
    this.leave();
    this.#takeTurn();
    this.#life.abort();
    this.#life = null;
    this.#lookup.stop();
    this.#entrance.turnBack();
    this.#signaling.close();
    this.media.end();
  }

  // --- entering and leaving --------------------------------------------------------------------------

  get #phase(): Phase {
    return this.store.getState().phase;
  }

  get #isInCall(): boolean {
    return this.#phase.name === 'connected' || this.#phase.name === 'reconnecting';
  }

  #setPhase(phase: Phase): void {
    log.info(phase.name);
    this.store.setState({ phase });
  }

  #takeTurn(): number {
    this.#turn += 1;
    return this.#turn;
  }

  #enterLobby(): void {
    this.media.open();
    this.#signaling.open();
    this.#lookup.start();
    void this.#ice.lookUp();
    this.#entrance.prepare();
  }

  async #requestJoin(): Promise<RoomEntered> {
    let media = this.#sent;
    const entered = await this.#doorstep.enter(() => {
      media = this.#sent;
      this.#mailbox.clear();
      this.#mailbox.hold();
      return { roomId: this.#roomId, name: this.#name, media, offers: this.#entrance.offers() };
    });
    this.#teller.told = media;
    return entered;
  }

  /** Whether nothing stands between a press on Join and the request. */
  get #isReady(): boolean {
    return this.#signaling.connected && !isToBeAsked(this.media.state);
  }

  /** null where something else was done meanwhile. */
  async #requestJoinWhenReady(turn: number): Promise<RoomEntered | null> {
    this.media.open();
    this.#signaling.open();
    if (isToBeAsked(this.media.state)) await this.media.ask();
    if (turn !== this.#turn) return null;
    await this.#signaling.ready(CONNECT_PATIENCE_MS);
    return turn === this.#turn ? this.#requestJoin() : null;
  }

  /** One is inside, for the first time or again. `initiator`: whether we make the first offer to those
   *  who are new to us. Members make it to newcomers; a newcomer waits. */
  #enter(entered: RoomEntered, { initiator }: { initiator: boolean }): void {
    this.#ticket = entered.ticket;
    this.#ice.take(entered.ice);
    this.store.setState({ selfId: entered.participantId, knocks: entered.knocks ?? [] });
    this.#setPhase({ name: 'connected' });
    const known = this.#links.ids;
    this.#roster.take(entered.room, { initiator, grace: entered.grace });
    // A newcomer has no links but those that were prepared, and these are being connected.
    if (initiator) this.#roster.resyncPresent(known);
    this.#mailbox.release();
    this.#teller.run();
  }

  #finish(reason: EndReason, code?: ErrorCode): void {
    const problem = code === undefined ? {} : { problem: { code } };
    const summary = summaryOf(this.store.getState(), this.#roster.met);
    this.#takeTurn();
    this.#leaveRoster();
    this.#signaling.close();
    this.media.end();
    this.#setPhase({ name: 'ended', reason, summary, ...problem });
  }

  /** Nothing of the call is left. */
  #leaveRoster(): void {
    this.screen.stop();
    this.#ticket = null;
    this.#teller.told = null;
    this.#ice.stop();
    this.#mailbox.clear();
    this.#entrance.leave();
    this.#links.clear();
    this.#roster.clear();
    this.store.setState({ selfId: null, enteredAt: null, knocks: [], moderated: null });
  }

  // --- the server comes and goes ---------------------------------------------------------------------

  readonly #server: SignalingHandlers = {
    onConnected: () => {
      this.#doorstep.onConnected();
      if (this.#phase.name === 'reconnecting') void this.#resume();
      if (this.#phase.name === 'idle') this.#lookup.start();
      this.#entrance.prepare();
    },
    onLost: () => {
      this.#entrance.forget();
      if (!this.#isInCall) return;
      this.#takeTurn();
      // From here on only the snapshot that comes with our place counts.
      this.#mailbox.clear();
      this.#mailbox.hold();
      if (this.#phase.name === 'connected') this.#setPhase({ name: 'reconnecting', since: Date.now() });
    },
    onRefused: (code) => {
      if (this.#isInCall) this.#finish('refused', code);
      // While joining the one who waits for the connection is told.
      else if (this.#phase.name === 'idle') this.#setPhase({ name: 'idle', problem: { code } });
    },
  };

  /** Take one's place again. */
  async #resume(): Promise<void> {
    const ticket = this.#ticket;
    if (ticket === null) return;
    const turn = this.#takeTurn();
    const media = this.#sent;
    try {
      const entered = await this.#signaling.request('resume', { ticket, media });
      if (turn !== this.#turn) return;
      this.#teller.told = media;
      this.#enter(entered, { initiator: true });
    } catch (error) {
      if (turn === this.#turn) this.#onNotResumed(error, () => this.#joinAnew());
    }
  }

  /** The place is lost: enter as a newcomer, under the same name. */
  async #joinAnew(): Promise<void> {
    const turn = this.#takeTurn();
    try {
      const entered = await this.#requestJoin();
      if (turn !== this.#turn) return;
      // The others know us under another id: their links to the old one are of no use.
      this.#links.clear();
      this.#roster.clear();
      this.#enter(entered, { initiator: false });
    } catch (error) {
      if (turn === this.#turn) this.#onNotResumed(error);
    }
  }

  /** `anew`: what to do where a ticket is not taken. */
  #onNotResumed(error: unknown, anew?: () => Promise<void>): void {
    const code = codeOf(error);
    log.info(`not resumed: ${String(error)}`);
    switch (afterNotResumed(code)) {
      case 'reconnect':
        // Where the connection is gone already this does no more than hurry.
        this.#signaling.restart();
        break;
      case 'wait':
        this.#later(() => this.#resume());
        break;
      case 'enter':
        if (anew) void anew();
        else this.#finish('refused', code);
        break;
      case 'knock':
        this.#leaveRoster();
        this.#setPhase({ name: 'idle' });
        void this.rejoin();
        break;
      case 'end':
        this.#finish(code === 'account_not_allowed' ? 'account' : 'refused', code);
    }
  }

  /** After a pause, if nothing else has happened until then. */
  #later(act: () => Promise<void>): void {
    const turn = this.#turn;
    setTimeout(() => {
      if (turn === this.#turn) void act();
    }, RETRY_MS);
  }

  // --- the room --------------------------------------------------------------------------------------

  /** Called once: from here on all that the server tells passes the mailbox. */
  #hear(): void {
    const on = <E extends NoticeName>(event: E, act: (notice: Notices[E]) => void): void => {
      this.#signaling.onNotice(event, (notice) => {
        this.#mailbox.deliver(() => {
          act(notice);
        });
      });
    };
    for (const event of ['userJoined', 'userUpdated', 'userLeft', 'roomChanged'] as const) {
      on(event, (message) => {
        if (this.#isInCall && !this.#roster.apply({ event, message } as RosterEvent)) void this.#catchUp();
      });
    }
    on('offer', ({ from, description }) => {
      this.#entrance.expectOffer(from);
      this.#links.receive(from, { description });
    });
    on('answer', ({ from, description }) => {
      this.#links.receive(from, { description });
    });
    on('iceCandidate', ({ from, candidates }) => {
      this.#links.receive(from, { candidates });
    });
    this.#entrance.hear(on);
    hearModeration(on, this.store, (done) => {
      this.#ticket = done.ticket ?? this.#ticket;
      if (done.act === 'mute') this.media.setMicrophone(false);
      if (done.act === 'stopShare') this.screen.stop();
    });
    this.#signaling.onNotice('ended', ({ reason }) => {
      if (this.#isInCall) this.#finish(reason);
    });
  }

  /** An event was missed: ask for the whole. */
  async #catchUp(): Promise<void> {
    const turn = this.#takeTurn();
    this.#mailbox.hold();
    try {
      const { room } = await this.#signaling.request('getRoom', {});
      if (turn !== this.#turn) return;
      this.#roster.take(room, { initiator: true });
      this.#mailbox.release();
    } catch (error) {
      if (turn !== this.#turn) return;
      log.warn('no snapshot', error);
      // Whatever it was, taking one's place again leads to a snapshot.
      if (codeOf(error) === 'rate_limited') this.#later(() => this.#catchUp());
      else this.#signaling.restart();
    }
  }

  // --- links and media -------------------------------------------------------------------------------

  /** Out of the call nothing is sent, and while the server is away nothing is kept: links are resynced. */
  #send(to: string, signal: Signal): void {
    if (this.#phase.name !== 'connected' && !this.#links.isPrepared(to)) return;
    if (!this.#entrance.isSilent(to)) sendSignal(this.#signaling, to, signal);
  }

  get #sent(): Media {
    return sentMedia({ media: this.media.state, screen: this.screen.state });
  }

  #onMedia(media: MediaState): void {
    this.store.setState({ media });
    this.#teller.run();
    this.#entrance.prepare();
  }

  // --- the page --------------------------------------------------------------------------------------

  readonly #page: PageEvents = {
    // The machine has a network again: every address may be another, and sockets of before are dead.
    onOnline: () => {
      this.#signaling.restart();
      this.#links.examine();
      if (this.#phase.name === 'idle') this.#lookup.start();
    },
    onDoubt: () => {
      this.retry();
      this.media.recover();
      this.#links.examine();
    },
    // The tab is closed or navigated away: the others should see that at once. A page that is kept for the
    // back button shows the page after the call when it comes back, from which one can rejoin.
    onHide: () => {
      this.leave();
      this.#lookup.stop();
      this.#signaling.close();
      this.media.end();
    },
    onRestore: () => {
      if (this.#phase.name === 'idle') this.#enterLobby();
    },
  };
}
