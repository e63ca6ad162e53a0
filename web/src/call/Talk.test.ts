import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { CallError, type ErrorCode } from '../lib/errors';
import type { ChatMessage } from '../protocol/messages.gen';
import type { CallState, Phase } from './callState';
import type { Signaling } from './parts';
import { Talk } from './Talk';

const SELF = 'me';

function message(number: number, change: Partial<ChatMessage> = {}): ChatMessage {
  return {
    number,
    id: `m${number}`,
    at: 1,
    from: 'mara',
    name: 'Mara',
    to: null,
    text: `${number}`,
    ...change,
  };
}

/** A server with one call, which can be away. */
class FakeServer {
  readonly asked: { event: string; message: unknown }[] = [];
  kept: ChatMessage[] = [];
  problems: ErrorCode[] = [];
  readonly #handlers = new Map<string, (notice: never) => void>();

  request(event: string, message: never): Promise<unknown> {
    this.asked.push({ event, message });
    if (event === 'getChat') {
      const { since } = message as { since: number };
      return Promise.resolve({ messages: this.kept.filter(({ number }) => number > since) });
    }
    const problem = event === 'chat' ? this.problems.shift() : undefined;
    if (problem !== undefined) return Promise.reject(new CallError(problem));
    if (event !== 'chat') return Promise.resolve({ status: 'ok' });
    const { id, text, to } = message as { id: string; text: string; to: string | null };
    const known = this.kept.find((one) => one.id === id);
    const written = known ?? {
      ...{ number: this.kept.length + 1, id, at: 2, from: SELF, name: 'Tomas', to, text },
    };
    if (known === undefined) this.kept.push(written);
    return Promise.resolve({ message: written });
  }

  tell(event: string, message: unknown): void {
    this.asked.push({ event, message });
  }

  onNotice(event: string, handler: (notice: never) => void): void {
    this.#handlers.set(event, handler);
  }

  notice(event: string, notice: unknown): void {
    this.#handlers.get(event)?.(notice as never);
  }
}

let server: FakeServer;
let call: StoreApi<CallState>;
let talk: Talk;

function room(epoch: string, hand: number | null = null) {
  const media = { audio: true, video: true };
  const self = { id: SELF, name: 'Tomas', joinedAt: 0, media, presence: 'connected' as const, hand };
  return { id: 'garden', capacity: 8, epoch, version: 1, participants: [self] };
}

function enter(epoch = 'first'): void {
  call.setState({ selfId: SELF, phase: { name: 'connected' } });
  call.setState({ room: room(epoch) });
}

const reconnecting: Phase = { name: 'reconnecting', since: 0 };

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  call = createStore<CallState>(
    () => ({ phase: { name: 'idle' }, selfId: null, room: null }) as unknown as CallState,
  );
  let count = 0;
  talk = new Talk({
    call,
    signaling: server as unknown as Signaling,
    newId: () => `own${(count += 1)}`,
  });
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const texts = () => talk.store.getState().chat.lines.map(({ text }) => text);
const asked = (name: string) => server.asked.filter(({ event }) => event === name);

describe('the chat', () => {
  test('begins with what was written before one came, which is no news', async () => {
    server.kept = [message(1), message(2)];
    enter();
    await settle();
    expect(texts()).toEqual(['1', '2']);
    expect(talk.store.getState().unread).toBe(0);
  });

  test('shows a message and that it is news in one step', async () => {
    enter();
    await settle();
    const steps: { lines: number; unread: number }[] = [];
    talk.store.subscribe(({ chat, unread }) => steps.push({ lines: chat.lines.length, unread }));
    server.notice('chat', { message: message(1) });
    expect(steps).toEqual([{ lines: 1, unread: 1 }]);
  });

  test('counts what comes while it is closed', async () => {
    enter();
    await settle();
    server.notice('chat', { message: message(1) });
    server.notice('chat', { message: message(1) });
    server.notice('chat', { message: message(2) });
    expect(talk.store.getState().unread).toBe(2);
    talk.open(true);
    server.notice('chat', { message: message(3) });
    expect(talk.store.getState().unread).toBe(0);
  });

  test('sends in order, and says what was refused', async () => {
    enter();
    await settle();
    server.problems = ['text_too_long'];
    talk.write('a', null);
    talk.write('b', 'mara');
    talk.write('  ', null);
    await settle();
    const { lines } = talk.store.getState().chat;
    expect(lines.map(({ text, state }) => `${text} ${state}`)).toEqual(['b sent', 'a failed']);
    expect(asked('chat').map(({ message: asking }) => asking)).toEqual([
      { id: 'own1', text: 'a', to: null },
      { id: 'own2', text: 'b', to: 'mara' },
    ]);
    talk.retry('own1');
    await settle();
    expect(texts()).toEqual(['b', 'a']);
  });

  test('keeps what could not be sent until one is back, and doubles nothing', async () => {
    enter();
    await settle();
    // It arrived, and its ack did not.
    server.kept.push(message(1, { id: 'own1', from: SELF, text: 'a' }));
    server.problems = ['server_unreachable'];
    talk.write('a', null);
    await settle();
    call.setState({ phase: reconnecting });
    talk.write('b', null);
    server.kept.push(message(2));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked('chat')).toHaveLength(1);
    enter();
    await settle();
    expect(texts()).toEqual(['a', '2', 'b']);
    expect(talk.store.getState().unread).toBe(1);
    expect(asked('chat')).toHaveLength(2);
  });

  test('tries again what was too often', async () => {
    enter();
    await settle();
    server.problems = ['rate_limited'];
    talk.write('a', null);
    await settle();
    expect(talk.store.getState().chat.lines[0]?.state).toBe('sending');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(talk.store.getState().chat.lines[0]?.state).toBe('sent');
  });

  test('is gone with the call', async () => {
    server.kept = [message(1)];
    enter();
    await settle();
    call.setState({ selfId: null, room: null, phase: { name: 'idle' } });
    expect(texts()).toEqual([]);
  });
});

test('a raised hand is raised again with a server that has forgotten it', async () => {
  enter();
  await settle();
  talk.raiseHand(true);
  call.setState({ room: room('first', 1) });
  call.setState({ phase: reconnecting });
  enter('second');
  await settle();
  expect(asked('setHand').map(({ message: asking }) => asking)).toEqual([{ raised: true }, { raised: true }]);
  // Lowered by another: it stays down.
  call.setState({ room: room('second', 2) });
  call.setState({ room: room('second') });
  call.setState({ phase: reconnecting });
  enter('second');
  await settle();
  expect(asked('setHand')).toHaveLength(2);
});

test('reactions pass', async () => {
  enter();
  await settle();
  server.notice('reaction', { from: 'mara', reaction: 'heart' });
  talk.react('yes');
  const shown = () => [...talk.store.getState().reactions].map(([id, { reaction }]) => `${id} ${reaction}`);
  expect(shown()).toEqual(['mara heart', 'me yes']);
  expect(asked('react')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(shown()).toEqual([]);
});
