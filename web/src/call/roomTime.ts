/** When the time of a room is over while one is inside. */
import type { StoreApi } from 'zustand/vanilla';
import type { CallState } from './callState';

/** What a timer can wait for; it is set anew then. */
const LONGEST_MS = 2 ** 31 - 1;

/** Tells `true` when the time is over, by the clock of this device, and `false` when the room has more again.
 *  Returns how to stop. */
export function watchRoomTime(store: StoreApi<CallState>, tell: (isOver: boolean) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let until = endOf(store.getState());
  let wasOver = false;
  const look = () => {
    clearTimeout(timer);
    const left = until === null ? Infinity : until * 1000 - Date.now();
    const isOver = left <= 0;
    if (isOver !== wasOver) tell((wasOver = isOver));
    if (until !== null && !isOver) timer = setTimeout(look, Math.min(left, LONGEST_MS));
  };
  look();
  const forget = store.subscribe((state) => {
    const now = endOf(state);
    if (now === until) return;
    until = now;
    look();
  });
  return () => {
    clearTimeout(timer);
    forget();
  };
}

function endOf({ room }: CallState): number | null {
  return room?.settings?.expiresAt ?? null;
}
