/** The chat of a call as one reads it: pure rules, without a server. */
import type { ErrorCode } from '../lib/errors';
import type { ChatMessage } from '../protocol/messages.gen';

/** A message as it is drawn. */
export interface Line {
  /** The same for its whole life. */
  readonly key: string;
  readonly id: string;
  readonly from: string;
  readonly name: string;
  readonly isOwn: boolean;
  /** Its only reader besides the writer; null: everybody. */
  readonly to: string | null;
  readonly text: string;
  /** ms (epoch) */
  readonly at: number;
  readonly state: 'sending' | 'sent' | 'failed';
  /** Why it was not sent. */
  readonly problem: ErrorCode | null;
  /** Where it stands: the server's number, counted anew after each of its restarts; null while it is on its way. */
  readonly place: { readonly era: number; readonly number: number } | null;
}

export interface ChatLog {
  readonly lines: readonly Line[];
  readonly era: number;
  /** The server's run of which the numbers of this era are; null before the first. */
  readonly epoch: string | null;
}

export const EMPTY: ChatLog = { lines: [], era: 0, epoch: null };

/** The server of this epoch speaks from now on: its numbers begin anew. */
export function inEpoch(log: ChatLog, epoch: string): ChatLog {
  return log.epoch === epoch ? log : { ...log, epoch, era: log.era + 1 };
}

/** The last number that is known of this era; 0: none. */
export function lastNumber({ lines, era }: ChatLog): number {
  return Math.max(0, ...lines.map(({ place }) => (place?.era === era ? place.number : 0)));
}

/** A message of one's own, on its way. */
export function written(
  log: ChatLog,
  line: Pick<Line, 'id' | 'from' | 'name' | 'to' | 'text' | 'at'>,
): ChatLog {
  const own: Line = {
    ...line,
    key: `own ${line.id}`,
    isOwn: true,
    state: 'sending',
    problem: null,
    place: null,
  };
  return { ...log, lines: [...log.lines, own] };
}

/** Messages as the server tells them. What is known already by its writer's name for it is not doubled, whether it is
 *  of an earlier era or on its way. `isOwn`: whether a participant is oneself, under whatever id. */
export function received(
  log: ChatLog,
  messages: readonly ChatMessage[],
  isOwn: (id: string) => boolean,
): ChatLog {
  if (messages.length === 0) return log;
  const lines = new Map(log.lines.map((line) => [line.key, line]));
  for (const message of messages) {
    const own = isOwn(message.from);
    const key = own ? `own ${message.id}` : `${message.from} ${message.id}`;
    const known = lines.get(key);
    if (known !== undefined && known.place !== null) continue;
    lines.set(key, {
      key,
      id: message.id,
      from: message.from,
      name: message.name,
      isOwn: own,
      to: message.to,
      text: message.text,
      at: message.at * 1000,
      state: 'sent',
      problem: null,
      place: { era: log.era, number: message.number },
    });
  }
  return { ...log, lines: [...lines.values()].sort(byPlace) };
}

/** One's own message was refused; it stands where it was written. */
export function failed(log: ChatLog, id: string, problem: ErrorCode): ChatLog {
  return withLine(log, id, { state: 'failed', problem });
}

/** It is tried once more. */
export function retried(log: ChatLog, id: string): ChatLog {
  return withLine(log, id, { state: 'sending', problem: null });
}

/** The first of one's own that waits to be sent. */
export function nextToSend({ lines }: ChatLog): Line | null {
  return lines.find(({ state }) => state === 'sending') ?? null;
}

function withLine(log: ChatLog, id: string, change: Partial<Line>): ChatLog {
  return {
    ...log,
    lines: log.lines.map((line) => (line.isOwn && line.id === id ? { ...line, ...change } : line)),
  };
}

/** What is on its way stands last, as it was written. */
function byPlace(a: Line, b: Line): number {
  if (a.place === null || b.place === null) return Number(a.place === null) - Number(b.place === null);
  return a.place.era - b.place.era || a.place.number - b.place.number;
}

/** A piece of a message: plain text, or an address that one can go to. */
export interface Piece {
  readonly text: string;
  readonly href: string | null;
}

// A colon and two slashes, then anything but white space and what encloses addresses in writing.
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/gi;
/** Ends a sentence, and hardly an address. */
const TRAILING = /[.,;:!?…)\]]+$/;

/** A text in pieces. Only http and https become links: nothing else that a browser might carry out. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safeAddress(address);
    if (href === null) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

/** Without what ends the sentence; a bracket stays where it closes one inside. */
function trimmed(found: string): string {
  let address = found;
  for (;;) {
    const tail = TRAILING.exec(address)?.[0].at(-1);
    if (tail === undefined) return address;
    if (tail === ')' && count(address, '(') >= count(address, ')')) return address;
    address = address.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function safeAddress(text: string): string | null {
  try {
    const { protocol, href, username, password } = new URL(text);
    // "https://bank.example@elsewhere.example" leads elsewhere.
    if (username !== '' || password !== '') return null;
    return protocol === 'https:' || protocol === 'http:' ? href : null;
  } catch {
    return null;
  }
}
