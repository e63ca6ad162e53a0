import type { StoreApi } from 'zustand/vanilla';
import type { Notices, RoomEntered } from '../protocol/messages.gen';
import type { Description } from '../rtc/descriptions';
import type { LinkStep } from '../rtc/PeerLink';
import { insideOf, isToBeAsked, type CallState } from './callState';
import type { Curtain } from './Curtain';
import { JoinTimer } from './JoinTimer';
import type { Signaling } from './parts';
import { Preparation, type PreparationOptions } from './Preparation';

/** To draw takes as much of a processor as what is waited for. Where the server answers within this time, all is so near
 *  that the link comes before anything is drawn; where it does not, pages are drawn while packets are on their way. */
const NEAR_MS = 40;
/** The same for a member, whose link is found by then where all is near. */
const NEAR_INSIDE_MS = 25;
/** The same where a newcomer brings an offer: what is drawn then is drawn while the answer is on its way. */
const ANSWERING_MS = 90;
/** From a path to a link that is secured, where all is near. */
const SECURING_MS = 50;

export interface EntranceOptions extends Pick<
  PreparationOptions,
  'links' | 'ice' | 'keys' | 'onWrongPasscode'
> {
  readonly store: StoreApi<CallState>;
  readonly curtain: Pick<Curtain<CallState>, 'close' | 'prolong' | 'open'>;
  readonly signaling: Pick<Signaling, 'connected' | 'request' | 'tell'>;
}

type Hear = <E extends 'visitorCame' | 'unprepared' | 'prepared'>(
  event: E,
  act: (notice: Notices[E]) => void,
) => void;

/** The way from the lobby into the call, and the door seen from inside: what is made ready before a press on
 *  Join, and how long it takes from there to the first pictures. */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #preparation: Preparation;
  readonly #timer: JoinTimer;

  constructor(options: EntranceOptions) {
    const { store, signaling } = options;
    this.#options = options;
    this.#preparation = new Preparation({
      ...options,
      roomId: store.getState().roomId,
      // Whom nothing keeps out needs no guess: the server prepares links with all.
      inside: () => insideOf(store.getState()) ?? (options.keys().hostKey === undefined ? null : 0),
    });
    this.#timer = new JoinTimer({
      onChange: (joinTiming) => {
        store.setState({ joinTiming });
      },
      report: (times) => {
        signaling.tell('joinTimed', times);
      },
    });
  }

  /** A link has come so far. */
  onStep(id: string, step: LinkStep): void {
    this.#timer.reached(id, step);
    if (step === 'ice') this.#options.curtain.prolong(SECURING_MS);
    if (step === 'dtls') this.#options.curtain.open();
  }

  /** A prepared link did not stand the wait. */
  onSpoilt(id: string): void {
    this.#preparation.spoil(id);
  }

  /** Called once: what the server tells of those who are before the door. It comes by the mailbox. */
  hear(on: Hear): void {
    const { store } = this.#options;
    on('visitorCame', ({ link }) => {
      if (store.getState().selfId !== null) this.#preparation.receive(link);
    });
    on('unprepared', ({ link }) => {
      this.#preparation.drop(link);
    });
    on('prepared', (prepared) => {
      const { selfId } = store.getState();
      if (selfId === null) return;
      this.#options.curtain.close(prepared.offer == null ? NEAR_INSIDE_MS : ANSWERING_MS);
      this.#preparation.admit(prepared, selfId);
    });
  }

  /** Anything has changed that makes one ready to enter, or others. Makes links ready, once all that one
   *  brings is there. */
  prepare(): void {
    const { phase, media } = this.#options.store.getState();
    const isStarting = media.microphone.state === 'starting' || media.camera.state === 'starting';
    if (phase.name !== 'idle' || !this.#options.signaling.connected) return;
    if (!isStarting && !isToBeAsked(media)) this.#preparation.visit();
    this.#preparation.update();
  }

  /** What was made ready is not as it should be any more. */
  prepareAnew(): void {
    if (this.#options.store.getState().phase.name !== 'idle') return;
    this.#preparation.leave();
    this.prepare();
  }

  /** One waits at the door, and those who may answer see one there. Anew on each connection. */
  knock(): void {
    this.#preparation.knock();
  }

  /** An offer has arrived, which may be that of a member to one before the door. */
  expectOffer(from: string): void {
    this.#preparation.expectOffer(from);
  }

  /** Whether nobody is to get the signals of this link yet. */
  isSilent(id: string): boolean {
    return this.#preparation.isOwn(id);
  }

  /** Join was pressed. */
  press(): void {
    this.#timer.start();
    this.#options.curtain.close(NEAR_MS);
  }

  /** To be sent with the request to enter. */
  offers(): readonly Description[] {
    return this.#preparation.offers();
  }

  /** The server has let one in: before the roster is taken over. */
  pass({ prepared = [], participantId, room }: RoomEntered): void {
    if (prepared.length > 0) this.#options.curtain.prolong(SECURING_MS);
    const ways = this.#preparation.entered(prepared, participantId);
    const inside = room.participants.map(({ id }) => id).filter((id) => id !== participantId);
    this.#timer.entered(inside, ways);
  }

  /** A picture of somebody was painted. */
  sawFrame(id: string): void {
    this.#timer.reached(id, 'frame');
  }

  /** One does not enter after all. Safe twice. */
  turnBack(): void {
    this.#preparation.leave();
  }

  /** The connection is gone, or one is out of the call: nothing that was prepared is of use. Safe twice. */
  forget(): void {
    this.#preparation.forget();
  }

  /** One is out of the call. Safe twice. */
  leave(): void {
    this.#preparation.forget();
    this.#timer.stop();
  }
}
