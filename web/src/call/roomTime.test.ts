import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { CallState } from './callState';
import { watchRoomTime } from './roomTime';

const NOW = 1_800_000_000;
const DAY = 86_400;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(expiresAt: number | null) {
  const stateAt = (time: number | null) =>
    ({ room: { settings: { expiresAt: time } } }) as unknown as CallState;
  const store = createStore<CallState>(() => stateAt(expiresAt));
  const told: boolean[] = [];
  const stop = watchRoomTime(store, (isOver) => told.push(isOver));
  return {
    told,
    stop,
    change: (time: number | null) => {
      store.setState(stateAt(time));
    },
  };
}

test('it is told once, when it is over', () => {
  const { told } = watched(NOW + 60);
  vi.advanceTimersByTime(59_999);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(DAY * 1000);
  expect(told).toEqual([true]);
});

test('a room may have months', () => {
  const { told } = watched(NOW + 90 * DAY);
  vi.advanceTimersByTime(90 * DAY * 1000 - 1);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([true]);
});

test('a room without an end has none; one that is given more time is open again', () => {
  const { told, change } = watched(null);
  change(NOW - 1);
  change(NOW + 60);
  expect(told).toEqual([true, false]);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([true, false, true]);
});

test('nothing is told after the end', () => {
  const { told, stop } = watched(NOW + 60);
  stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(told).toEqual([]);
});
