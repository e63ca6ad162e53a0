import { MAX_CANDIDATES } from '../protocol/messages.gen';

/** Candidates come within milliseconds of each other: those that do travel together. */
const WINDOW_MS = 30;

/** Gathers local ICE candidates into few messages (trickle ICE, RFC 8838). The first goes at once, for it
 *  may be the one that connects; those that follow within a window go together at its end. */
export class CandidateBatch {
  readonly #send: (candidates: readonly RTCIceCandidateInit[]) => void;
  #waiting: RTCIceCandidateInit[] = [];
  #window: ReturnType<typeof setTimeout> | null = null;

  /** `send` is called with 1 to MAX_CANDIDATES candidates, in the order in which they were added. */
  constructor(send: (candidates: readonly RTCIceCandidateInit[]) => void) {
    this.#send = send;
  }

  add(candidate: RTCIceCandidateInit): void {
    this.#waiting.push(candidate);
    if (this.#window === null || this.#waiting.length === MAX_CANDIDATES) this.#sendWaiting();
    this.#window ??= setTimeout(this.#closeWindow, WINDOW_MS);
  }

  /** No more will come: what waits goes now. */
  flush(): void {
    this.#stopWindow();
    this.#sendWaiting();
  }

  /** What waits is not needed any more: a description that holds it was sent, or all is over. */
  clear(): void {
    this.#stopWindow();
    this.#waiting = [];
  }

  readonly #closeWindow = (): void => {
    this.#window = null;
    if (this.#waiting.length === 0) return;
    this.#sendWaiting();
    this.#window = setTimeout(this.#closeWindow, WINDOW_MS);
  };

  #stopWindow(): void {
    if (this.#window !== null) clearTimeout(this.#window);
    this.#window = null;
  }

  #sendWaiting(): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#send(batch);
  }
}
