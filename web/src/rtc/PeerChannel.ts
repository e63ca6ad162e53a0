/** What participants tell each other without a server: docs/protocol.md, "Between participants". */
import type { View } from './sendBudget';

export type PeerMessage =
  /** How large the sender of this message shows the camera of the one who gets it. */
  | ({ readonly type: 'view' } & View)
  /** The camera of the sender is on, but its picture is not sent: the link does not carry it. */
  | { readonly type: 'picture'; readonly paused: boolean };

const LABEL = 'visavis';
const ID = 0;
const MAX_CHARACTERS = 1_024;
const MAX_MESSAGES = 50;
const WINDOW_MS = 10_000;
/** What changes several times within this time is told once. */
const PAUSE_MS = 250;
const LARGEST_VIEW = 16_384;

/** The data channel of a link. Each message is a state: the last of a kind counts, and is told again when
 *  the connection was made anew. Where the other side has no such channel, nothing happens. */
export class PeerChannel {
  readonly #onMessage: (message: PeerMessage) => void;
  #connection: RTCPeerConnection | null = null;
  #channel: RTCDataChannel | null = null;
  readonly #last = new Map<PeerMessage['type'], string>();
  readonly #due = new Set<PeerMessage['type']>();
  #pause: ReturnType<typeof setTimeout> | null = null;
  #heard = 0;
  #windowStart = 0;

  /** `onMessage` is called with messages that are as they should be; others are passed over. */
  constructor(onMessage: (message: PeerMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** Open it on this connection, in place of the one before; safe twice. Both sides do, so none is announced
   *  to the other; it needs an m-line for data, and makes the connection ask for one if there is none. */
  openOn(connection: RTCPeerConnection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    const channel = connection.createDataChannel(LABEL, { negotiated: true, id: ID });
    this.#channel = channel;
    channel.onopen = () => {
      if (channel !== this.#channel) return;
      for (const type of this.#last.keys()) this.#due.add(type);
      this.#flush();
    };
    channel.onmessage = ({ data }) => {
      this.#receive(data);
    };
  }

  tell(message: PeerMessage): void {
    const text = JSON.stringify(message);
    if (this.#last.get(message.type) === text) return;
    this.#last.set(message.type, text);
    this.#due.add(message.type);
    if (this.#pause === null) this.#flush();
  }

  /** Tell the last of each kind again, which changes nothing but that the other side's transport acknowledges it
   *  (RFC 9260, section 6.2). False where there is no channel, or nothing was ever told. */
  tellAgain(): boolean {
    for (const type of this.#last.keys()) this.#due.add(type);
    if (this.#pause === null) this.#flush();
    return this.#channel?.readyState === 'open' && this.#last.size > 0;
  }

  end(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
    this.#channel = null;
  }

  #flush(): void {
    this.#pause = null;
    if (this.#channel?.readyState !== 'open' || this.#due.size === 0) return;
    for (const type of this.#due) this.#channel.send(this.#last.get(type) ?? '');
    this.#due.clear();
    this.#pause = setTimeout(() => {
      this.#flush();
    }, PAUSE_MS);
  }

  #receive(data: unknown): void {
    const now = Date.now();
    if (now - this.#windowStart > WINDOW_MS) {
      this.#windowStart = now;
      this.#heard = 0;
    }
    this.#heard += 1;
    const message = this.#heard > MAX_MESSAGES ? null : parsePeerMessage(data);
    if (message !== null) this.#onMessage(message);
  }
}

/** null for whatever is not one of our messages. */
export function parsePeerMessage(data: unknown): PeerMessage | null {
  if (typeof data !== 'string' || data.length > MAX_CHARACTERS) return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const { width, height, paused } = fields;
  if (fields['type'] === 'view' && isLength(width) && isLength(height))
    return { type: 'view', width, height };
  if (fields['type'] === 'picture' && typeof paused === 'boolean') return { type: 'picture', paused };
  return null;
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LARGEST_VIEW;
}
