import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallError } from '../lib/errors';
import type { Ice, ReadyLink } from '../protocol/messages.gen';
import { Preparation } from './Preparation';

const ICE: Ice = { servers: [], relayOnly: false, expiresIn: null };

let told: { event: string; message: unknown }[];
let answer: () => unknown;
let prepared: Map<string, boolean>;
let adopted: [id: string, participantId: string][];
let expected: string[];
let inside: number | null;
let wrongPasscodes: number;
let isConnecting: boolean;
let preparation: Preparation;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  prepared = new Map();
  adopted = [];
  expected = [];
  inside = 0;
  wrongPasscodes = 0;
  isConnecting = false;
  answer = () => ({ status: 'ok', links: 1, refreshIn: 240, ice: ICE });
  preparation = new Preparation({
    roomId: 'garden',
    signaling: {
      request: async (event: string, message: unknown) => {
        told.push({ event, message });
        await Promise.resolve();
        return answer() as never;
      },
      tell: (event: string, message: unknown) => {
        told.push({ event, message });
      },
    },
    links: {
      prepare: (id, initiator) => prepared.set(id, initiator),
      unprepare: (id) => prepared.delete(id),
      clearPrepared: () => {
        prepared.clear();
      },
      isPrepared: (id) => prepared.has(id),
      offerOf: (id) => (prepared.get(id) === true ? { type: 'offer', sdp: id } : null),
      adopt: (id, { participantId }: ReadyLink) => {
        prepared.delete(id);
        adopted.push([id, participantId]);
      },
      answer: (participantId) => expected.push(participantId),
      get isConnecting() {
        return isConnecting;
      },
    },
    ice: { configuration: {}, lookUp: () => Promise.resolve(), borrow: () => undefined },
    inside: () => inside,
    keys: () => ({}),
    onWrongPasscode: () => (wrongPasscodes += 1),
  });
});
afterEach(() => {
  preparation.forget();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const events = () => told.map(({ event }) => event);
const requests = () => events().filter((event) => event === 'prepare').length;

async function visiting(): Promise<void> {
  preparation.visit();
  await settle();
}

test('one asks once, and answers each offer that comes', async () => {
  await visiting();
  preparation.visit();
  preparation.expectOffer('link 1');
  preparation.expectOffer('link 1');
  await settle();
  expect(events()).toEqual(['prepare']);
  expect([...prepared]).toEqual([['link 1', false]]);
});

test('an offer while one is not before the door is nobody\u2019s', () => {
  preparation.expectOffer('link 1');
  expect(prepared.size).toBe(0);
});

test('what was prepared is adopted on entering, the rest is given up', async () => {
  await visiting();
  preparation.expectOffer('link 1');
  preparation.expectOffer('link 2');
  const ways = preparation.entered([{ participantId: 'a', link: 'link 1' }], 'm');
  expect([...ways]).toEqual([['a', 'prepared']]);
  expect(adopted).toEqual([['link 1', 'a']]);
  expect(prepared.size).toBe(0);
  preparation.expectOffer('link 3');
  expect(prepared.size).toBe(0);
});

test('for those with whom nothing is prepared one brings offers', async () => {
  inside = 3;
  await visiting();
  preparation.expectOffer('link 1');
  await vi.advanceTimersByTimeAsync(2_000);
  const offers = preparation.offers();
  expect(offers).toHaveLength(2);
  expect(preparation.isOwn(offers[1]?.sdp ?? '')).toBe(true);
  const ways = preparation.entered([{ participantId: 'b', offer: 1 }], 'm');
  expect([...ways]).toEqual([['b', 'offered']]);
  expect(adopted).toEqual([[offers[1]?.sdp, 'b']]);
});

test('a server that prepares nothing: offers at once, as many as there are others, four at most', async () => {
  answer = () => ({ status: 'ok', links: 0, refreshIn: 240, ice: ICE });
  inside = 9;
  await visiting();
  await settle();
  expect(preparation.offers()).toHaveLength(4);
  inside = 1;
  preparation.update();
  expect(preparation.offers()).toHaveLength(1);
});

test('one who waits is prepared for anew, and again after a refusal', async () => {
  await visiting();
  preparation.expectOffer('link 1');
  await vi.advanceTimersByTimeAsync(240_000);
  expect(requests()).toBe(2);
  expect(prepared.size).toBe(0);
  answer = () => {
    throw new CallError('storage_unavailable');
  };
  await vi.advanceTimersByTimeAsync(240_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(requests()).toBe(4);
});

test('one who does not enter says so, and is forgotten', async () => {
  await visiting();
  preparation.expectOffer('link 1');
  preparation.leave();
  preparation.leave();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(events()).toEqual(['prepare', 'unprepare']);
  expect(prepared.size).toBe(0);
});

test('a member makes a link when its machine has time, unless the visitor has gone', async () => {
  isConnecting = true;
  preparation.receive('link 1');
  preparation.receive('link 2');
  expect(prepared.size).toBe(0);
  preparation.drop('link 1');
  isConnecting = false;
  await vi.advanceTimersByTimeAsync(500);
  expect([...prepared]).toEqual([['link 2', true]]);
});

test('a member adopts the link of one who enters, or expects the offer that is brought', () => {
  preparation.receive('link 1');
  preparation.admit({ participantId: 'v', link: 'link 1' }, 'm');
  preparation.admit({ participantId: 'w', offer: { type: 'offer', sdp: '' } }, 'm');
  expect(adopted).toEqual([['link 1', 'v']]);
  expect(expected).toEqual(['w']);
});

test('a browser that does not wait brings offers from then on, and declines as a member', async () => {
  inside = 1;
  await visiting();
  preparation.expectOffer('link 1');
  preparation.spoil('link 1');
  expect(told.at(-1)).toEqual({ event: 'unprepare', message: { link: 'link 1' } });
  expect(preparation.offers()).toHaveLength(1);
  preparation.leave();
  told = [];
  await visiting();
  expect(requests()).toBe(0);
  expect(preparation.offers()).toHaveLength(1);
  preparation.receive('link 2');
  expect(told.at(-1)).toEqual({ event: 'unprepare', message: { link: 'link 2' } });
});

test('where it is not told how many are inside a visitor brings offers for two', async () => {
  inside = null;
  answer = () => ({ status: 'ok', links: 0, refreshIn: 240, ice: ICE, refusal: null });
  await visiting();
  await vi.advanceTimersByTimeAsync(0);
  expect(preparation.offers()).toHaveLength(2);
});

test('where the server prepares links it is known by that, and no offer is too much', async () => {
  inside = null;
  await visiting();
  preparation.expectOffer('link');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(preparation.offers()).toEqual([]);
});

test('a passcode that was wrong is not tried again', async () => {
  answer = () => ({ status: 'ok', links: 0, refreshIn: 240, ice: ICE, refusal: 'passcode_wrong' });
  await visiting();
  await vi.advanceTimersByTimeAsync(0);
  expect(wrongPasscodes).toBe(1);
});

test('one who knocks prepares with those who may answer, and keeps offers for the others', async () => {
  inside = null;
  answer = () => ({ status: 'ok', links: 0, refreshIn: 240, ice: ICE });
  await visiting();
  expect([...prepared.keys()]).toEqual(['own offer 0', 'own offer 1']);
  answer = () => ({ status: 'ok', links: 1, refreshIn: 240, ice: ICE });
  preparation.knock();
  await settle();
  expect(requests()).toBe(2);
  preparation.expectOffer('link 1');
  preparation.update();
  expect([...prepared.keys()]).toEqual(['own offer 0', 'link 1']);
  preparation.entered([{ participantId: 'host', link: 'link 1' }], 'me');
  expect(adopted).toEqual([['link 1', 'host']]);
});

test('one who knocks stays prepared while the page is hidden', async () => {
  vi.stubGlobal('document', { hidden: true });
  preparation.knock();
  await settle();
  await vi.advanceTimersByTimeAsync(240_000);
  expect(requests()).toBe(2);
  expect(events()).not.toContain('unprepare');
  vi.unstubAllGlobals();
});
