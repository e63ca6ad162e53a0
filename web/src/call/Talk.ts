import { createStore, type StoreApi } from 'zustand/vanilla';
import { codeOf, type ErrorCode } from '../lib/errors';
import { logger } from '../lib/logger';
import type { React as Reaction } from '../protocol/messages.gen';
import type { CallState } from './callState';
import {
  EMPTY,
  failed,
  inEpoch,
  lastNumber,
  nextToSend,
  received,
  retried,
  written,
  type ChatLog,
  type Line,
} from './chat';
import type { Signaling } from './parts';

const log = logger('talk');

export type ReactionName = Reaction['reaction'];

export const REACTIONS = [
  'yes',
  'no',
  'heart',
  'laugh',
  'celebrate',
] as const satisfies readonly ReactionName[];

/** For how long a reaction is shown. */
const REACTION_MS = 4_000;
/** After what the server could not take at the moment. */
const RETRY_MS = 2_000;

/** What is over soon. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'server_unreachable',
  'not_in_room',
  'rate_limited',
  'internal',
]);

export interface TalkState {
  readonly chat: ChatLog;
  /** Messages of others that came while the chat was closed. */
  readonly unread: number;
  readonly isOpen: boolean;
  /** What is shown at the moment, by participant id; a new number for each. */
  readonly reactions: ReadonlyMap<string, { readonly reaction: ReactionName; readonly number: number }>;
}

const SILENCE: TalkState = { chat: EMPTY, unread: 0, isOpen: false, reactions: new Map() };

export interface TalkOptions {
  readonly call: Pick<StoreApi<CallState>, 'getState' | 'subscribe'>;
  readonly signaling: Pick<Signaling, 'request' | 'tell' | 'onNotice'>;
  /** Another name for each message. */
  readonly newId?: () => string;
}

/** What one says in a call besides with one's voice: messages, reactions, a raised hand. It follows the call:
 *  who comes back reads what was missed, and what could not be sent is sent then. */
export class Talk {
  readonly store: StoreApi<TalkState> = createStore<TalkState>(() => SILENCE);
  readonly #options: TalkOptions;
  readonly #newId: () => string;
  /** Every id that one has had in this call: after the grace one comes back under another. */
  readonly #selves = new Set<string>();
  #isSending = false;
  /** Whether the hand should be up; what a server that was restarted does not know. */
  #hand = false;
  #count = 0;

  constructor(options: TalkOptions) {
    const { call, signaling } = options;
    this.#options = options;
    this.#newId = options.newId ?? (() => crypto.randomUUID());
    signaling.onNotice('chat', ({ message }) => {
      this.#receive([message]);
    });
    signaling.onNotice('reaction', ({ from, reaction }) => {
      this.#show(from, reaction);
    });
    call.subscribe((state, before) => {
      this.#follow(state, before);
    });
    if (call.getState().phase.name === 'connected') void this.#enter();
  }

  /** Write to everybody, or to one. */
  write(text: string, to: string | null): void {
    const { selfId, room } = this.#options.call.getState();
    if (selfId === null || text.trim() === '') return;
    const name = room?.participants.find(({ id }) => id === selfId)?.name ?? '';
    const line = { id: this.#newId(), from: selfId, name, to, text, at: Date.now() };
    this.#setChat((chat) => written(chat, line));
    void this.#send();
  }

  /** Send a message again that was refused. */
  retry(id: string): void {
    this.#setChat((chat) => retried(chat, id));
    void this.#send();
  }

  /** The chat is on screen, or is not any more. */
  open(isOpen: boolean): void {
    this.store.setState({ isOpen, ...(isOpen && { unread: 0 }) });
  }

  react(reaction: ReactionName): void {
    const { selfId, phase } = this.#options.call.getState();
    if (selfId === null || phase.name !== 'connected') return;
    this.#options.signaling.tell('react', { reaction });
    this.#show(selfId, reaction);
  }

  /** Raise one's hand, or lower it. */
  raiseHand(raised: boolean): void {
    this.#hand = raised;
    this.#tellHand();
  }

  /** The call has gone on to another state. */
  #follow(state: CallState, before: CallState): void {
    if (state.selfId === null && before.selfId !== null) {
      this.#selves.clear();
      this.#hand = false;
      this.store.setState(SILENCE);
      return;
    }
    const isIn = state.phase.name === 'connected';
    if (isIn && (before.phase.name !== 'connected' || state.selfId !== before.selfId)) void this.#enter();
    // Somebody who looks after the room has lowered it.
    if (handOf(before) !== null && handOf(state) === null && state.room?.epoch === before.room?.epoch)
      this.#hand = false;
  }

  /** One is in the call, for the first time or again. */
  async #enter(): Promise<void> {
    const isFirst = this.store.getState().chat.epoch === null;
    // The snapshot is taken over in the same turn as the phase.
    await Promise.resolve();
    const { selfId, room } = this.#options.call.getState();
    if (selfId === null || room === null) return;
    this.#selves.add(selfId);
    this.#setChat((chat) => inEpoch(chat, room.epoch));
    if (this.#hand) this.#tellHand();
    try {
      const since = lastNumber(this.store.getState().chat);
      const { messages } = await this.#options.signaling.request('getChat', { since });
      // What was said before one came is no news.
      this.#receive(messages, !isFirst);
    } catch (error) {
      log.debug(`not read: ${codeOf(error)}`);
    }
    void this.#send();
  }

  #receive(messages: Parameters<typeof received>[1], isNews = true): void {
    const isOwn = (id: string) => this.#selves.has(id);
    const before = this.store.getState();
    const chat = received(before.chat, messages, isOwn);
    const known = new Set(before.chat.lines.map(({ key }) => key));
    const added = chat.lines.filter(({ key, isOwn: own }) => !own && !known.has(key)).length;
    // In one step: who sees a message come sees as well whether it is news.
    this.store.setState({ chat, unread: before.unread + (isNews && !before.isOpen ? added : 0) });
  }

  /** One after the other, so that they arrive in order. What has no answer is sent again, at the latest when one
   *  is back in the call. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let line = this.#next(); line !== null; line = this.#next()) await this.#sendOne(line);
    this.#isSending = false;
  }

  #next(): Line | null {
    const isIn = this.#options.call.getState().phase.name === 'connected';
    return isIn ? nextToSend(this.store.getState().chat) : null;
  }

  async #sendOne({ id, text, to }: Line): Promise<void> {
    try {
      const { message } = await this.#options.signaling.request('chat', { id, text, to });
      this.#receive([message]);
    } catch (error) {
      const code = codeOf(error);
      if (!PASSING.has(code)) this.#setChat((chat) => failed(chat, id, code));
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  #tellHand(): void {
    const { phase } = this.#options.call.getState();
    if (phase.name !== 'connected') return; // it is told on return
    this.#options.signaling.request('setHand', { raised: this.#hand }).catch((error: unknown) => {
      log.debug(`hand: ${codeOf(error)}`);
    });
  }

  #show(id: string, reaction: ReactionName): void {
    this.#count += 1;
    const number = this.#count;
    const { reactions } = this.store.getState();
    this.store.setState({ reactions: new Map(reactions).set(id, { reaction, number }) });
    setTimeout(() => {
      const shown = new Map(this.store.getState().reactions);
      if (shown.get(id)?.number !== number) return;
      shown.delete(id);
      this.store.setState({ reactions: shown });
    }, REACTION_MS);
  }

  #setChat(change: (chat: ChatLog) => ChatLog): void {
    this.store.setState(({ chat }) => ({ chat: change(chat) }));
  }
}

/** When one's own hand was raised; null while it is down. */
export function handOf({ room, selfId }: Pick<CallState, 'room' | 'selfId'>): number | null {
  return room?.participants.find(({ id }) => id === selfId)?.hand ?? null;
}
