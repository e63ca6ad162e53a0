import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LinkPulse } from './LinkPulse';

let heard: number;
let arrived: number;
/** What came by addresses that are not used any more. */
let old: Map<string, number>;
let canAsk: boolean;
/** Whether the other side answers what it is asked. */
let answers: boolean;
let said: string[];
let pulse: LinkPulse;
let flow: ReturnType<typeof setInterval> | null;

/** Sound comes, or only reports of the other's receivers, or nothing. */
function comes(what: 'sound' | 'reports' | 'nothing'): void {
  if (flow !== null) clearInterval(flow);
  flow = null;
  if (what === 'nothing') return;
  flow = setInterval(() => {
    arrived += 1;
    if (what === 'sound') heard += 1;
  }, 20);
}

beforeEach(() => {
  vi.useFakeTimers();
  heard = 0;
  arrived = 0;
  old = new Map();
  canAsk = true;
  answers = false;
  said = [];
  flow = null;
  pulse = new LinkPulse({
    heard: () => heard,
    arrived: () => Promise.resolve(new Map([['now', arrived], ...old])),
    ask: () => {
      if (answers) arrived += 1;
      return canAsk;
    },
    onDoubt: () => said.push('doubt'),
    onSilent: (wasHeard) => said.push(wasHeard ? 'silent' : 'still nothing'),
    onFlow: () => said.push('flow'),
  });
});
afterEach(() => {
  pulse.end();
  comes('nothing');
  vi.useRealTimers();
});

test('a link that falls silent is found within 1.2 s, once, and its return too', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(said).toEqual([]);
  comes('nothing');
  await vi.advanceTimersByTimeAsync(1_200);
  expect(said).toEqual(['doubt', 'silent']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toEqual(['doubt', 'silent']);
  comes('sound');
  await vi.advanceTimersByTimeAsync(300);
  expect(said).toEqual(['doubt', 'silent', 'flow']);
});

test('after the first sign of life the other has time to be heard', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('nothing');
  await vi.advanceTimersByTimeAsync(3_000);
  arrived += 1;
  await vi.advanceTimersByTimeAsync(700);
  expect(said).toEqual(['doubt', 'silent', 'flow']);
  await vi.advanceTimersByTimeAsync(700);
  expect(said).toEqual(['doubt', 'silent', 'flow', 'doubt', 'silent']);
});

test('one who mutes is not silent, for reports still come', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('reports');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual(['doubt']);
});

test('one who stops all is not silent where asking brings an answer', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('nothing');
  answers = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual(['doubt']);
  answers = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual(['doubt', 'silent']);
});

test('addresses that are given up meanwhile are no sign of life', async () => {
  old.set('before', 1_000);
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('nothing');
  await vi.advanceTimersByTimeAsync(800);
  old.clear();
  await vi.advanceTimersByTimeAsync(400);
  expect(said).toEqual(['doubt', 'silent']);
});

test('what was on its way in the first examination is not taken for a sign of life for long', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('nothing');
  await vi.advanceTimersByTimeAsync(800);
  arrived += 1;
  await vi.advanceTimersByTimeAsync(400);
  expect(said).toEqual(['doubt']);
  await vi.advanceTimersByTimeAsync(600);
  expect(said).toEqual(['doubt', 'silent']);
});

test('who cannot be asked is examined once', async () => {
  canAsk = false;
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('nothing');
  await vi.advanceTimersByTimeAsync(800);
  arrived += 1;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual(['doubt']);
});

test('a pause of half a second is nothing', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('nothing');
  await vi.advanceTimersByTimeAsync(400);
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(said).toEqual([]);
});

test('who was never heard does not fall silent, and is examined when the network changes', async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual([]);
  pulse.examine();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual(['still nothing']);
});

test('a link on which sound comes passes an examination', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  pulse.examine();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(said).toEqual([]);
});

test('a page that was held up gives the other time to be heard', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  vi.setSystemTime(Date.now() + 60_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(said).toEqual([]);
});

test('after the end nothing is said', async () => {
  comes('sound');
  await vi.advanceTimersByTimeAsync(5_000);
  comes('nothing');
  await vi.advanceTimersByTimeAsync(800);
  pulse.end();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(said).toEqual(['doubt']);
});
