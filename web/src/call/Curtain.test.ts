import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { Curtain } from './Curtain';

let store: StoreApi<{ readonly people: number }>;
let curtain: Curtain<{ readonly people: number }>;
let drawn: number[];

beforeEach(() => {
  vi.useFakeTimers();
  store = createStore(() => ({ people: 1 }));
  curtain = new Curtain(store);
  drawn = [];
  curtain.shown.subscribe(({ people }) => drawn.push(people));
});
afterEach(() => {
  vi.useRealTimers();
});

test('all is drawn as it comes', () => {
  expect(curtain.shown.getState()).toBe(store.getState());
  store.setState({ people: 2 });
  expect(drawn).toEqual([2]);
});

test('behind the curtain nothing is drawn, and all in one go when it opens', () => {
  curtain.close(50);
  store.setState({ people: 2 });
  store.setState({ people: 3 });
  expect(drawn).toEqual([]);
  curtain.open();
  curtain.open();
  expect(drawn).toEqual([3]);
  store.setState({ people: 4 });
  expect(drawn).toEqual([3, 4]);
});

test('it opens by itself, and closing it again does not make the wait longer', () => {
  curtain.close(50);
  store.setState({ people: 2 });
  vi.advanceTimersByTime(40);
  curtain.close(50);
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual([2]);
  vi.advanceTimersByTime(100);
  expect(drawn).toEqual([2]);
});

test('the wait can be made longer as long as it lasts', () => {
  curtain.prolong(50);
  store.setState({ people: 2 });
  expect(drawn).toEqual([2]);
  curtain.close(50);
  store.setState({ people: 3 });
  vi.advanceTimersByTime(40);
  curtain.prolong(50);
  vi.advanceTimersByTime(40);
  expect(drawn).toEqual([2]);
  vi.advanceTimersByTime(20);
  expect(drawn).toEqual([2, 3]);
});
