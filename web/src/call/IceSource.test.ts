import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Ice, PublicIce } from '../protocol/messages.gen';
import type { RelayView } from './callState';
import { IceSource, type Restarting } from './IceSource';

const stun = { urls: ['stun:a.example:3478'] };
const turn = (credential: string) => ({ urls: ['turn:a.example:3478'], username: 'u', credential });

let restarts: Restarting[];
let views: RelayView[];
let answers: (() => Promise<Ice>)[];
let hidden: boolean[];
let publicIce: () => Promise<PublicIce>;
let source: IceSource;

function ice(more: Partial<Ice> = {}): Ice {
  return { servers: [stun, turn('one')], relayOnly: false, expiresIn: 100, ...more };
}

function make(hideAddress = false): IceSource {
  return new IceSource({
    hideAddress,
    onHideAddress: (hide) => hidden.push(hide),
    lookUp: () => publicIce(),
    ask: () => answers.shift()?.() ?? Promise.reject(new Error('away')),
    onView: (view) => views.push(view),
    onChange: (restarting) => restarts.push(restarting),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  [restarts, views, answers, hidden] = [[], [], [], []];
  publicIce = () => Promise.resolve({ iceServers: [stun], hasRelay: true, relayOnly: false });
  source = make();
});
afterEach(() => {
  source.stop();
  vi.useRealTimers();
});

test('before one is in a room there is STUN, and it is known whether there is a relay', async () => {
  await source.lookUp();
  expect(source.configuration).toEqual({ iceServers: [stun], iceTransportPolicy: 'all' });
  expect(views.at(-1)).toEqual({ wanted: false, forced: false, available: true });
  expect(restarts).toEqual([]);
});

test('what the lobby is told late does not take the place of what came with the place', async () => {
  let answer: (ice: PublicIce) => void = () => undefined;
  publicIce = () => new Promise((resolve) => (answer = resolve));
  const looking = source.lookUp();
  source.take(ice());
  answer({ iceServers: [], hasRelay: false, relayOnly: false });
  await looking;
  expect(source.configuration.iceServers).toHaveLength(2);
  expect(source.view.available).toBe(true);
});

test('a server that cannot be asked stops nothing', async () => {
  publicIce = () => Promise.reject(new Error('away'));
  await source.lookUp();
  expect(source.configuration.iceServers).toEqual([]);
  expect(source.view.available).toBeNull();
});

test('credentials are renewed before they expire, and relayed links begin anew', async () => {
  source.take(ice());
  answers.push(() => Promise.resolve(ice({ servers: [turn('two')] })));
  await vi.advanceTimersByTimeAsync(74_000);
  expect(restarts).toEqual(['none']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(restarts).toEqual(['none', 'relayed']);
  expect(source.configuration.iceServers).toEqual([turn('two')]);
  answers.push(() => Promise.resolve(ice({ servers: [turn('three')] })));
  await vi.advanceTimersByTimeAsync(75_000);
  expect(restarts).toEqual(['none', 'relayed', 'relayed']);
});

test('a renewal that fails is tried again; the place that is taken again does as well', async () => {
  source.take(ice());
  await vi.advanceTimersByTimeAsync(81_000);
  expect(restarts).toEqual(['none']);
  source.take(ice({ servers: [turn('two')] }));
  expect(restarts).toEqual(['none', 'relayed']);
  await vi.advanceTimersByTimeAsync(70_000);
  expect(restarts).toEqual(['none', 'relayed']);
});

test('taking the place again in between leaves relayed links alone, until what they use is due', async () => {
  source.take(ice());
  await vi.advanceTimersByTimeAsync(60_000);
  source.take(ice({ servers: [turn('two')] }));
  expect(restarts).toEqual(['none', 'none']);
  answers.push(() => Promise.resolve(ice({ servers: [turn('three')] })));
  await vi.advanceTimersByTimeAsync(15_000);
  expect(restarts).toEqual(['none', 'none', 'relayed']);
});

test('nothing is renewed outside of a room, nor where it is good for ever', async () => {
  source.take(ice());
  source.stop();
  source.take(ice({ expiresIn: null }));
  answers.push(() => Promise.resolve(ice()));
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(answers).toHaveLength(1);
});

test('an answer that comes after one has left is not taken', async () => {
  source.take(ice());
  let answer: (ice: Ice) => void = () => undefined;
  answers.push(() => new Promise((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(75_000);
  source.stop();
  answer(ice({ servers: [] }));
  await vi.advanceTimersByTimeAsync(0);
  expect(source.configuration.iceServers).toHaveLength(2);
});

test('hiding the address moves every link to the relay, and back; and is kept', () => {
  source.take(ice());
  source.hide(true);
  expect(source.configuration.iceTransportPolicy).toBe('relay');
  source.hide(true);
  source.hide(false);
  expect(source.configuration.iceTransportPolicy).toBe('all');
  expect(restarts).toEqual(['none', 'all', 'all']);
  expect(hidden).toEqual([true, false]);
});

test('where the server hides all, one cannot be seen either way', () => {
  source.take(ice({ relayOnly: true }));
  source.hide(true);
  source.hide(false);
  expect(source.configuration.iceTransportPolicy).toBe('relay');
  expect(restarts).toEqual(['none']);
});

test('who hides the address from the start never offers another way', () => {
  source = make(true);
  expect(source.configuration.iceTransportPolicy).toBe('relay');
  source.take(ice({ servers: [stun] }));
  expect(source.view).toEqual({ wanted: true, forced: false, available: false });
});
