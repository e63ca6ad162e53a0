import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MAX_CANDIDATES } from '../protocol/messages.gen';
import { CandidateBatch } from './CandidateBatch';

let sent: (string | undefined)[][];
let batch: CandidateBatch;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  batch = new CandidateBatch((candidates) => sent.push(candidates.map((c) => c.candidate)));
});
afterEach(() => vi.useRealTimers());

function add(...names: string[]): void {
  for (const candidate of names) batch.add({ candidate });
}

test('the first goes at once, those that follow go together', () => {
  add('a', 'b', 'c');
  expect(sent).toEqual([['a']]);
  vi.advanceTimersByTime(30);
  expect(sent).toEqual([['a'], ['b', 'c']]);
});

test('after a while without any, one goes at once again', () => {
  add('a');
  vi.advanceTimersByTime(100);
  add('b');
  expect(sent).toEqual([['a'], ['b']]);
});

test('those that come window after window stay in batches', () => {
  add('a', 'b');
  vi.advanceTimersByTime(30);
  add('c');
  expect(sent).toEqual([['a'], ['b']]);
  vi.advanceTimersByTime(30);
  expect(sent).toEqual([['a'], ['b'], ['c']]);
});

test('the end of gathering does not wait', () => {
  add('a', 'b');
  batch.flush();
  expect(sent).toEqual([['a'], ['b']]);
  vi.advanceTimersByTime(100);
  expect(sent).toHaveLength(2);
});

test('what is cleared is never sent', () => {
  add('a', 'b');
  batch.clear();
  vi.advanceTimersByTime(100);
  expect(sent).toEqual([['a']]);
});

test('no batch is larger than the server takes', () => {
  add(...Array.from({ length: 3 * MAX_CANDIDATES }, (_, i) => String(i)));
  vi.advanceTimersByTime(100);
  expect(Math.max(...sent.map((candidates) => candidates.length))).toBe(MAX_CANDIDATES);
  expect(sent.flat()).toHaveLength(3 * MAX_CANDIDATES);
});
