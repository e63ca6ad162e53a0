import type { StoreApi } from 'zustand/vanilla';
import { CallError } from '../lib/errors';
import type { JoinRoom, RoomEntered, Waiting } from '../protocol/messages.gen';
import type { CallState } from './callState';
import type { Signaling } from './parts';

/** What this browser brings to the door of a room. */
export interface Keys {
  /** By which it is known again. */
  readonly browser?: string;
  /** Of the room's creator. */
  readonly hostKey?: string;
  /** A room token. */
  readonly token?: string;
  readonly passcode?: string;
}

export interface DoorstepOptions {
  readonly store: StoreApi<CallState>;
  readonly signaling: Pick<Signaling, 'request' | 'tell' | 'onNotice' | 'connected'>;
  readonly keys: () => Keys;
  /** One waits at the door: from now on, or still, on another connection. */
  readonly onWaiting: () => void;
  /** Somebody has let one in, after a wait. */
  readonly onAdmitted: () => void;
}

interface Wait {
  readonly request: () => JoinRoom;
  readonly resolve: (entered: RoomEntered) => void;
  readonly reject: (error: unknown) => void;
}

/** The step from before the door of a room to inside, and the wait there where one has to knock. */
export class Doorstep {
  readonly #options: DoorstepOptions;
  /** For this visit; it is not kept. */
  #passcode = '';
  /** By which a wait goes on, and ends. */
  #knock: string | null = null;
  #wait: Wait | null = null;

  constructor(options: DoorstepOptions) {
    this.#options = options;
    options.signaling.onNotice('admitted', () => {
      if (this.#wait !== null) options.onAdmitted();
      void this.#goOn();
    });
    options.signaling.onNotice('attended', ({ attended }) => {
      this.#attend(attended);
    });
    options.signaling.onNotice('denied', ({ full }) => {
      this.#end(new CallError(full === true ? 'lobby_full' : 'knock_denied'));
    });
  }

  get passcode(): string {
    return this.#passcode;
  }

  set passcode(passcode: string) {
    this.#passcode = passcode.trim();
  }

  /** Enter, now or when somebody lets one in. `request` is asked for each time that it is sent. Rejects with
   *  CallError, as the server refuses, when one is denied, and when one goes. */
  async enter(request: () => JoinRoom): Promise<RoomEntered> {
    this.#end(new CallError('knock_needed'));
    const reply = await this.#ask(request());
    if (!('waiting' in reply)) return reply;
    return new Promise((resolve, reject) => {
      this.#wait = { request, resolve, reject };
      this.#knock = reply.knock;
      const isAttended = reply.attended;
      this.#options.store.setState({ phase: { name: 'waiting', since: Date.now(), isAttended } });
      this.#options.onWaiting();
    });
  }

  /** The connection is back: go on waiting on it. Nothing where one does not wait. */
  onConnected(): void {
    if (this.#wait !== null) void this.#goOn();
  }

  /** One goes. Safe twice. */
  leave(): void {
    if (this.#wait === null) return;
    this.#options.signaling.tell('leaveRoom', {});
    this.#end(new CallError('knock_needed'));
  }

  async #goOn(): Promise<void> {
    const wait = this.#wait;
    if (wait === null) return;
    try {
      const reply = await this.#ask(wait.request());
      if (wait !== this.#wait) return;
      if ('waiting' in reply) {
        this.#knock = reply.knock;
        this.#attend(reply.attended);
        this.#options.onWaiting();
        return;
      }
      this.#wait = null;
      this.#knock = null;
      wait.resolve(reply);
    } catch (error) {
      // Without a connection one waits for the next.
      if (wait === this.#wait && this.#options.signaling.connected) this.#end(error);
    }
  }

  #attend(isAttended: boolean): void {
    const { phase } = this.#options.store.getState();
    if (phase.name === 'waiting') this.#options.store.setState({ phase: { ...phase, isAttended } });
  }

  #ask(request: JoinRoom): Promise<RoomEntered | Waiting> {
    return this.#options.signaling.request('joinRoom', {
      ...request,
      ...this.#options.keys(),
      ...(this.#passcode !== '' && { passcode: this.#passcode }),
      ...(this.#knock !== null && { knock: this.#knock }),
    });
  }

  #end(error: unknown): void {
    const wait = this.#wait;
    this.#wait = null;
    this.#knock = null;
    wait?.reject(error);
  }
}
