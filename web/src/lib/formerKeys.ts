/** The host keys of rooms that are no more: their links are kept for whoever has the key, for a while. */
import { rememberedHostKeys, rememberHostKey } from './remember';

const FORMER_KEYS = 'visavis.formerKeys';
const MOST = 30;

/** The key of a room that was made in this browser, whether it is there or not. */
export function keyOf(roomId: string): string | undefined {
  return rememberedHostKeys()[roomId] ?? formerKeys().findLast(([id]) => id === roomId)?.[1];
}

/** A room is no more: its key is put away, with which one may make it again. */
export function putKeyAway(roomId: string): void {
  const key = rememberedHostKeys()[roomId];
  rememberHostKey(roomId, null);
  if (key === undefined) return;
  const kept = [...formerKeys().filter(([id]) => id !== roomId), [roomId, key]].slice(-MOST);
  try {
    localStorage.setItem(FORMER_KEYS, JSON.stringify(kept));
  } catch {
    // Blocked or full: then another link has to be chosen.
  }
}

function formerKeys(): readonly (readonly [string, string])[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(FORMER_KEYS) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isPair) : [];
  } catch {
    return [];
  }
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
