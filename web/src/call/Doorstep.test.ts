import { beforeEach, expect, test } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { CallError } from '../lib/errors';
import type { JoinRoom, RoomEntered, Waiting } from '../protocol/messages.gen';
import type { CallState } from './callState';
import { Doorstep } from './Doorstep';

const ENTERED = { status: 'ok', participantId: 'me' } as RoomEntered;
const WAITING: Waiting = { status: 'ok', knock: 'secret', waiting: true, attended: true };
const REQUEST: JoinRoom = { roomId: 'garden', name: 'Mara' };

let store: StoreApi<CallState>;
let asked: Record<string, unknown>[];
let admitted: number;
let waits: number;
let told: string[];
let replies: (RoomEntered | Waiting | CallError)[];
let isConnected: boolean;
let hear: Map<string, (notice: never) => void>;
let doorstep: Doorstep;

beforeEach(() => {
  store = createStore(() => ({ phase: { name: 'joining' } }) as CallState);
  asked = [];
  told = [];
  admitted = 0;
  waits = 0;
  replies = [];
  isConnected = true;
  hear = new Map();
  const signaling = {
    get connected() {
      return isConnected;
    },
    request: (_: string, message: Record<string, unknown>) => {
      asked.push(message);
      const reply = replies.shift();
      if (reply === undefined) throw new Error('nothing is to be asked now');
      return reply instanceof CallError ? Promise.reject(reply) : Promise.resolve(reply);
    },
    tell: (event: string) => told.push(event),
    onNotice: (event: string, act: (notice: never) => void) => hear.set(event, act),
  };
  doorstep = new Doorstep({
    store,
    signaling: signaling,
    keys: () => ({ browser: 'mine' }),
    onWaiting: () => (waits += 1),
    onAdmitted: () => (admitted += 1),
  });
});

function notice(event: string, message: object = {}): void {
  hear.get(event)?.(message as never);
}

/** Whatever is awaited has been done. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Knocks, and stands before the door. */
async function knock(): Promise<{ readonly entering: Promise<RoomEntered> }> {
  replies.push(WAITING);
  const entering = doorstep.enter(() => REQUEST);
  entering.catch(() => undefined);
  await settled();
  return { entering };
}

test('an open door is passed at once, with what this browser has', async () => {
  replies.push(ENTERED);
  doorstep.passcode = ' sesame ';
  expect(await doorstep.enter(() => REQUEST)).toBe(ENTERED);
  expect(asked).toEqual([{ ...REQUEST, browser: 'mine', passcode: 'sesame' }]);
});

test('one who knocks waits, and says so', async () => {
  await knock();
  expect(store.getState().phase).toMatchObject({ name: 'waiting', isAttended: true });
  expect(waits).toBe(1);
});

test('who is let in enters with the knock', async () => {
  const { entering } = await knock();
  replies.push(ENTERED);
  notice('admitted');
  expect(await entering).toBe(ENTERED);
  expect(asked.at(-1)).toMatchObject({ knock: 'secret' });
  notice('admitted');
  expect(admitted).toBe(1);
});

test('who is denied is told so, and the knock is used up', async () => {
  const { entering } = await knock();
  notice('denied');
  await expect(entering).rejects.toMatchObject({ code: 'knock_denied' });
  replies.push(ENTERED);
  await doorstep.enter(() => REQUEST);
  expect(asked.at(-1)).not.toHaveProperty('knock');
});

test('one whose place at the door others have is told that it is full', async () => {
  const { entering } = await knock();
  notice('denied', { full: true });
  await expect(entering).rejects.toMatchObject({ code: 'lobby_full' });
});

test('the wait knows whether somebody is there who may open', async () => {
  await knock();
  notice('attended', { attended: false });
  expect(store.getState().phase).toMatchObject({ name: 'waiting', isAttended: false });
  notice('attended', { attended: true });
  expect(store.getState().phase).toMatchObject({ isAttended: true });
});

test('word of the door that comes to one who does not wait changes nothing', () => {
  notice('attended', { attended: false });
  notice('admitted');
  notice('denied');
  expect(store.getState().phase).toEqual({ name: 'joining' });
  expect(asked).toEqual([]);
});

test('a wait goes on over another connection, under the same knock', async () => {
  const { entering } = await knock();
  replies.push({ ...WAITING, attended: false });
  doorstep.onConnected();
  await settled();
  expect(asked.at(-1)).toMatchObject({ knock: 'secret' });
  expect(store.getState().phase).toMatchObject({ name: 'waiting', isAttended: false });
  expect(waits).toBe(2);
  replies.push(ENTERED);
  notice('admitted');
  expect(await entering).toBe(ENTERED);
});

test('a connection that is lost while one is let in does not end the wait', async () => {
  const { entering } = await knock();
  isConnected = false;
  replies.push(new CallError('server_unreachable'));
  notice('admitted');
  await settled();
  isConnected = true;
  replies.push(ENTERED);
  doorstep.onConnected();
  expect(await entering).toBe(ENTERED);
});

test('what the server refuses ends the wait', async () => {
  const { entering } = await knock();
  replies.push(new CallError('room_full'));
  notice('admitted');
  await expect(entering).rejects.toMatchObject({ code: 'room_full' });
});

test('who goes away says so once', async () => {
  const { entering } = await knock();
  doorstep.leave();
  doorstep.leave();
  expect(told).toEqual(['leaveRoom']);
  await expect(entering).rejects.toBeInstanceOf(CallError);
});
