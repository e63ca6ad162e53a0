import { expect, test } from 'vitest';
import { nextQuality, type Quality, type QualityState } from './linkQuality';
import { readStats, type LinkStats } from './LinkStats';

const nothing = readStats(new Map(), null).stats;
const good: Partial<LinkStats> = { roundTripMs: 40, lossFraction: 0, concealedFraction: 0 };
const fair: Partial<LinkStats> = { ...good, lossFraction: 0.05 };
const poor: Partial<LinkStats> = { ...good, roundTripMs: 700 };

function after(readings: readonly Partial<LinkStats>[], isPaused = false): Quality | null {
  let state: QualityState | null = null;
  for (const stats of readings) state = nextQuality(state, { ...nothing, ...stats }, isPaused);
  return state?.quality ?? null;
}

test.each([
  [good, 'good'],
  [fair, 'fair'],
  [poor, 'poor'],
  [{ sentLossFraction: 0.2 }, 'poor'],
  [{ concealedFraction: 0.03 }, 'fair'],
] as const)('the first reading is believed: %o', (stats, quality) => {
  expect(after([stats])).toBe(quality);
});

test('nothing is said before the first', () => {
  expect(after([])).toBeNull();
});

test('it gets worse at the second reading, and better at the fourth', () => {
  expect(after([good, poor])).toBe('good');
  expect(after([good, poor, poor])).toBe('poor');
  expect(after([poor, good, good, good])).toBe('poor');
  expect(after([poor, good, good, good, good])).toBe('good');
});

test('one reading of another kind begins the count anew', () => {
  expect(after([good, poor, good, poor])).toBe('good');
  expect(after([fair, good, good, poor, good, good])).toBe('fair');
});

test('a paused picture is poor at once', () => {
  expect(after([good, good], true)).toBe('poor');
});
