import { afterEach, expect, it, vi } from 'vitest';
import { takeRoomToken } from './roomToken';

const state = { from: 'before' };

function comeTo(hash: string, storage: Map<string, string>): string[] {
  const shown: string[] = [];
  vi.stubGlobal('location', { pathname: '/r/garden', search: '?x=1', hash });
  vi.stubGlobal('history', {
    state,
    replaceState: (kept: unknown, _: string, address: string) => {
      expect(kept).toBe(state);
      shown.push(address);
    },
  });
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
  });
  return shown;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it('takes a token out of the address, and keeps it for its room and this tab', () => {
  const kept = new Map<string, string>();
  const shown = comeTo('#token=a.b.c', kept);
  expect(takeRoomToken('garden')).toBe('a.b.c');
  expect(shown).toEqual(['/r/garden?x=1']);
  comeTo('', kept);
  expect(takeRoomToken('garden')).toBe('a.b.c');
  expect(takeRoomToken('other')).toBeNull();
});

it('does without a storage', () => {
  const shown = comeTo('#token=a.b.c', new Map());
  vi.stubGlobal('sessionStorage', undefined);
  expect(takeRoomToken('garden')).toBe('a.b.c');
  expect(shown).toEqual(['/r/garden?x=1']);
  comeTo('', new Map());
  vi.stubGlobal('sessionStorage', undefined);
  expect(takeRoomToken('garden')).toBeNull();
});
