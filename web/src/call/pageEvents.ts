/** What happens to the page as a whole, as far as a call is concerned. */
export interface PageEvents {
  readonly onOffline: () => void;
  readonly onOnline: () => void;
  /** Looked at again: after a sleep, or after the browser had slowed the page down. */
  readonly onVisible: () => void;
  /** Closed, or navigated away from. */
  readonly onHide: () => void;
  /** Back from the cache of the back button, as it was at `onHide`. */
  readonly onRestore: () => void;
}

/** Watch until the signal is aborted. Where there is no page (tests), nothing happens. */
export function watchPage(events: PageEvents, signal: AbortSignal): void {
  if (typeof window === 'undefined') return;
  const options = { signal };
  window.addEventListener('offline', events.onOffline, options);
  window.addEventListener('online', events.onOnline, options);
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
      if (document.visibilityState === 'visible') events.onVisible();
    },
    options,
  );
}
