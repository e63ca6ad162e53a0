import { io, type Socket } from 'socket.io-client';
import { CallError, type ErrorCode } from '../lib/errors';
import { logger } from '../lib/logger';
import { PROTOCOL_VERSION, type Notices, type Refused, type Requests } from './messages.gen';

const log = logger('signaling');

const REQUEST_TIMEOUT_MS = 10_000;
/** An attempt to connect that takes longer is given up for a new one. */
const CONNECT_TIMEOUT_MS = 4_000;
/** Whether a connection is alive must be known sooner than the people in the call ask themselves. */
const PROBE_TIMEOUT_MS = { least: 500, most: 1_200 } as const;
/** An attempt to connect that is younger than this is as good as a new one. */
const FRESH_MS = 500;
/** Who came by WebSocket before may be on another network now, that lets none through. */
const POLLING_AFTER_FAILURES = 4;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_500;

export type RequestName = keyof Requests;
export type NoticeName = keyof Notices;

export interface SignalingHandlers {
  /** The connection is there: for the first time, or again. The server knows nothing of us yet. */
  readonly onConnected: () => void;
  /** It was there and is gone. It comes back by itself. */
  readonly onLost: () => void;
  /** The server will not speak with us (`version_unsupported`). It is not tried again. */
  readonly onRefused: (code: ErrorCode) => void;
}

type Ack = (reply: Requests[RequestName]['reply'] | Refused) => void;
type Incoming = Record<NoticeName, (notice: never) => void>;
type Outgoing = Record<RequestName, (message: Requests[RequestName]['request'], ack?: Ack) => void>;

/** The connection to the signaling server: typed requests and notices over Socket.IO 5.
 *
 *  It comes back by itself after every loss. Nothing is kept to be sent later: what cannot be sent now is
 *  refused now, because by then it may be wrong. Handlers of notices are called on arrival, in order. */
export class SignalingClient {
  readonly #socket: Socket<Incoming, Outgoing>;
  readonly #handlers: SignalingHandlers;
  /** Rejects each request that waits for its ack. */
  readonly #waiting = new Set<(error: CallError) => void>();
  readonly #ready = new Set<{ resolve: () => void; reject: (error: CallError) => void }>();
  #isOpen = false;
  #wasConnected = false;
  #cameByWebSocket = false;
  #failures = 0;
  /** Runs while not connected: the pause before the next attempt, or the patience with this one. */
  #timer: ReturnType<typeof setTimeout> | null = null;
  #probing = false;
  /** The shortest time in which a request was answered, in ms. */
  #quickestMs = Infinity;
  /** When the last attempt to connect began, in ms (epoch). */
  #attemptedAt = 0;
  /** When a server that is being stopped wants us back, in ms (epoch). */
  #comeBackAt = 0;

  /** `baseUrl`: the server's origin; the page's own by default. Connects when it is opened. */
  constructor(handlers: SignalingHandlers, baseUrl?: string) {
    this.#handlers = handlers;
    const options = {
      autoConnect: false,
      forceNew: true,
      // Its own way to reconnect cannot be hurried, and gives up where the server closed.
      reconnection: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      // Ours runs out first: it covers the whole way to Socket.IO's own welcome.
      timeout: CONNECT_TIMEOUT_MS + 1_000,
      auth: { version: PROTOCOL_VERSION },
    };
    this.#socket = baseUrl === undefined ? io(options) : io(baseUrl, options);
    this.#socket.on('connect', () => {
      this.#onConnect();
    });
    this.#socket.on('disconnect', (reason) => {
      this.#onDisconnect(reason);
    });
    this.#socket.on('connect_error', (error) => {
      this.#onConnectError(error);
    });
    this.onNotice('stopping', ({ comeBackIn }) => {
      this.#comeBackAt = Date.now() + comeBackIn * 1000;
    });
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /** What the connection goes by. `polling` is for networks that let no WebSocket through. */
  get way(): 'websocket' | 'polling' {
    return this.#socket.io.engine.transport.name === 'websocket' ? 'websocket' : 'polling';
  }

  /** Connect, and stay connected. Safe twice; again after `close`. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#attempt();
  }

  /** Resolves when there is a connection; rejects with CallError after `timeoutMs` without one, when the
   *  server refuses, and on `close`. */
  ready(timeoutMs: number): Promise<void> {
    if (this.#socket.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiter.reject(new CallError('server_unreachable', `not connected in ${timeoutMs} ms`));
      }, timeoutMs);
      const forget = (): void => {
        clearTimeout(timer);
        this.#ready.delete(waiter);
      };
      const waiter = {
        resolve: () => {
          forget();
          resolve();
        },
        reject: (error: CallError) => {
          forget();
          reject(error);
        },
      };
      this.#ready.add(waiter);
    });
  }

  /** Say good-bye, which gives up one's place in a room too. Safe twice. */
  close(): void {
    this.#shut(new CallError('server_unreachable', 'closed'));
  }

  /** Send a request and wait for its ack.
   *
   *  Rejects with CallError: the server's code; `server_unreachable` at once while there is no
   *  connection, when it is lost, or when no ack came in time. */
  request<E extends RequestName>(
    event: E,
    message: Requests[E]['request'],
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<Requests[E]['reply']> {
    return new Promise((resolve, reject) => {
      if (!this.#socket.connected) {
        reject(new CallError('server_unreachable', `${event}: not connected`));
        return;
      }
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
        act();
      };
      const fail = (error: CallError): void => {
        settle(() => {
          reject(error);
        });
      };
      const timer = setTimeout(() => {
        fail(new CallError('server_unreachable', `${event}: no ack in ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.add(fail);
      const askedAt = performance.now();
      this.#emit(event, message, (reply) => {
        this.#quickestMs = Math.min(this.#quickestMs, performance.now() - askedAt);
        if (reply.status === 'error') {
          fail(new CallError(reply.code as ErrorCode, `${event}: ${reply.message}`));
        } else {
          settle(() => {
            resolve(reply);
          });
        }
      });
    });
  }

  /** Send a request without caring for its ack. Dropped while there is no connection. */
  tell<E extends RequestName>(event: E, message: Requests[E]['request']): void {
    if (this.#socket.connected) this.#emit(event, message);
  }

  /** Called synchronously when a notice arrives. */
  onNotice<E extends NoticeName>(event: E, handler: (notice: Notices[E]) => void): void {
    const name: NoticeName = event; // the emitter's types cannot follow a type parameter
    this.#socket.on(name, handler);
  }

  /** There may be a network again: try at once. A connection that seems to be there is asked for a sign
   *  of life, for after a sleep or a change of network neither side may have noticed that it is dead. */
  reconnectNow(): void {
    if (!this.#isOpen) return;
    this.#failures = 0;
    if (this.#socket.connected) void this.#probe();
    else if (Date.now() - this.#attemptedAt > FRESH_MS) this.#attempt();
  }

  /** Give this connection up for a new one. Unlike `close` this is no good-bye. */
  restart(): void {
    if (!this.#isOpen) return;
    this.#failures = 0;
    if (this.#socket.connected) this.#drop();
    this.#attempt();
  }

  #emit(event: RequestName, message: Requests[RequestName]['request'], ack?: Ack): void {
    if (ack === undefined) this.#socket.emit(event, message);
    else this.#socket.emit(event, message, ack);
    // It keeps what is sent between the last missed ping and the notice of it.
    this.#socket.sendBuffer.length = 0;
  }

  // --- coming and going ------------------------------------------------------------------------------

  #attempt(): void {
    // Not a good-bye: without a connection nothing is sent. It ends an attempt that is under way.
    if (!this.#socket.connected) this.#socket.disconnect();
    this.#attemptedAt = Date.now();
    // Else a server that comes up between the two tries is spoken with by long-polling from then on.
    const isWebSocketEnough = this.#cameByWebSocket && this.#failures < POLLING_AFTER_FAILURES;
    this.#socket.io.opts.transports = isWebSocketEnough ? ['websocket'] : ['websocket', 'polling'];
    this.#restartTimer(CONNECT_TIMEOUT_MS, () => {
      this.#retryLater('no answer');
    });
    this.#socket.connect();
  }

  #retryLater(reason: string): void {
    if (!this.#isOpen) return;
    this.#failures += 1;
    const pause = Math.min(FIRST_PAUSE_MS * 1.6 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    log.debug(`not connected (${reason}), attempt ${this.#failures}`);
    // Randomised, or all clients of a server that was restarted would come at the same moment.
    const wait = Math.max(pause * (0.75 + Math.random() / 2), this.#comeBackAt - Date.now());
    this.#restartTimer(wait, () => {
      this.#attempt();
    });
  }

  #onConnect(): void {
    this.#stopTimer();
    this.#failures = 0;
    this.#wasConnected = true;
    this.#cameByWebSocket ||= this.way === 'websocket';
    log.info(`connected by ${this.way}`);
    for (const { resolve } of [...this.#ready]) resolve();
    this.#handlers.onConnected();
  }

  #onDisconnect(reason: string): void {
    const wasConnected = this.#wasConnected;
    this.#wasConnected = false;
    this.#rejectWaiting();
    if (!this.#isOpen) return;
    // A probe finds the end of a connection that was long dead: the network is there, and waits for us.
    if (this.#probing) this.#attempt();
    else this.#retryLater(reason);
    if (!wasConnected) return;
    log.info(`connection lost: ${reason}`);
    this.#handlers.onLost();
  }

  #onConnectError(error: Error & { readonly data?: unknown }): void {
    if (codeIn(error.data) === 'version_unsupported') {
      this.#shut(new CallError('version_unsupported', error.message));
      this.#handlers.onRefused('version_unsupported');
    } else {
      this.#retryLater(error.message);
    }
  }

  /** A segment of TCP that is lost once, and an answer that takes four times as long as usual, are no end. */
  get #probePatience(): number {
    const { least, most } = PROBE_TIMEOUT_MS;
    return Math.min(most, Math.max(least, 200 + 4 * this.#quickestMs));
  }

  async #probe(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    try {
      await this.request('getRoom', {}, this.#probePatience);
    } catch (error) {
      // Any answer is a sign of life, `not_in_room` as well.
      if (error instanceof CallError && error.code === 'server_unreachable') this.restart();
    } finally {
      this.#probing = false;
    }
  }

  #shut(reason: CallError): void {
    this.#isOpen = false;
    this.#wasConnected = false;
    this.#stopTimer();
    this.#socket.disconnect();
    this.#rejectWaiting();
    for (const { reject } of [...this.#ready]) reject(reason);
  }

  /** End the connection without a word: the server keeps the place for the grace. */
  #drop(): void {
    // `disconnect()` would say good-bye. The engine's close is a lost connection to the server. What waits to
    // be sent, by long-polling on a network that is gone, would hold it up.
    const { engine } = this.#socket.io;
    engine.writeBuffer.length = 0;
    engine.close();
  }

  #rejectWaiting(): void {
    for (const reject of [...this.#waiting]) reject(new CallError('server_unreachable', 'connection lost'));
  }

  #restartTimer(ms: number, act: () => void): void {
    this.#stopTimer();
    this.#timer = setTimeout(act, ms);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function codeIn(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined;
}
