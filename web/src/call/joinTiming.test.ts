import { expect, test } from 'vitest';
import { entered, isComplete, reached, reportOf } from './joinTiming';

test('the first of each step counts, of those who were inside', () => {
  let timing = entered(101.04, ['a', 'b'], new Map([['b', 'prepared']]));
  for (const [id, step, at] of [
    ['b', 'ice', 207],
    ['b', 'ice', 900],
    ['b', 'dtls', 312],
    ['b', 'frame', 402],
    ['c', 'ice', 100],
  ] as const) {
    timing = reached(timing, id, step, at);
  }
  expect([...timing.links]).toEqual([
    ['a', { way: 'plain', ice: null, dtls: null, frame: null }],
    ['b', { way: 'prepared', ice: 207, dtls: 312, frame: 402 }],
  ]);
  expect(isComplete(timing)).toBe(false);
  expect(reportOf(timing)).toEqual({ way: 'prepared', ack: 101, ice: 207, dtls: 312, frame: 402 });
  expect(isComplete(reached(timing, 'a', 'frame', 500))).toBe(true);
});

test('one who was alone, or has no picture of anybody', () => {
  expect(reportOf(entered(1, [], new Map()))).toBeNull();
  const silent = reached(entered(1, ['a'], new Map()), 'a', 'ice', 9);
  expect(reportOf(silent)).toEqual({ way: 'plain', ack: 1, ice: 9, dtls: null, frame: null });
});
