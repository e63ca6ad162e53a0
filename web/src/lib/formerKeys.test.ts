import { beforeEach, expect, it, vi } from 'vitest';
import { keyOf, putKeyAway } from './formerKeys';
import { rememberedHostKeys, rememberHostKey } from './remember';

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  return () => vi.unstubAllGlobals();
});

it('keeps the key of a room that is no more, and lists the room no more', () => {
  rememberHostKey('choir', 'first');
  expect(keyOf('choir')).toBe('first');
  putKeyAway('choir');
  expect(rememberedHostKeys()).toEqual({});
  expect(keyOf('choir')).toBe('first');
  putKeyAway('choir');
  putKeyAway('elsewhere');
  expect([keyOf('choir'), keyOf('elsewhere')]).toEqual(['first', undefined]);
});

it('has the latest key of a room', () => {
  rememberHostKey('choir', 'first');
  putKeyAway('choir');
  rememberHostKey('choir', 'second');
  expect(keyOf('choir')).toBe('second');
  putKeyAway('choir');
  expect(keyOf('choir')).toBe('second');
});

it('forgets the oldest of many', () => {
  for (let n = 0; n < 31; n += 1) {
    rememberHostKey(`room-${n}`, 'key');
    putKeyAway(`room-${n}`);
  }
  expect([keyOf('room-0'), keyOf('room-1'), keyOf('room-30')]).toEqual([undefined, 'key', 'key']);
});

it.each(['{', 'null', '[1, ["a"], ["choir", 5]]'])('makes nothing of %s', (odd) => {
  kept.set('visavis.formerKeys', odd);
  expect(keyOf('choir')).toBeUndefined();
  rememberHostKey('choir', 'key');
  putKeyAway('choir');
  expect(keyOf('choir')).toBe('key');
});
