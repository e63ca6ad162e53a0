/** What happens to the page as a whole, as far as a call is concerned. */
export interface PageEvents {
  readonly onOnline: () => void;
  /** What was connected may not be any more: the network may be another one (or no more than the browser's
   *  estimate of its speed), the machine has slept, or the page is looked at again. */
  readonly onDoubt: () => void;
  /** Closed, or navigated away from. */
  readonly onHide: () => void;
  /** Back from the cache of the back button, as it was at `onHide`. */
  readonly onRestore: () => void;
}

const TICK_MS = 1_000;
/** A tick that is so late says that nothing ran for a while. */
const SLEEP_MS = 4_000;

/** Not in every browser (https://wicg.github.io/netinfo/). */
interface NavigatorWithConnection {
  readonly connection?: EventTarget;
}

/** Watch until the signal is aborted. Where there is no page (tests), nothing happens. */
export function watchPage(events: PageEvents, signal: AbortSignal): void {
  if (typeof window === 'undefined') return;
  const options = { signal };
  window.addEventListener('online', events.onOnline, options);
  (navigator as NavigatorWithConnection).connection?.addEventListener('change', events.onDoubt, options);
  window.addEventListener('pagehide', events.onHide, options);
  window.addEventListener(
    'pageshow',
    ({ persisted }) => {
      if (persisted) events.onRestore();
    },
    options,
  );
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') events.onDoubt();
    },
    options,
  );
  watchSleep(events.onDoubt, signal);
}

/** There is no event for it: a sleeping machine runs no timers. */
function watchSleep(onWake: () => void, signal: AbortSignal): void {
  let tickedAt = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - tickedAt > SLEEP_MS) onWake();
    tickedAt = now;
  }, TICK_MS);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
  });
}
