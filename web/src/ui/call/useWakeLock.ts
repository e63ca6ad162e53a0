import { useEffect } from 'react';

/** Keeps the screen awake while it is wanted (W3C Screen Wake Lock). A page that nobody looks at loses the lock, and
 *  takes it again when it is looked at; a phone whose battery is low may refuse it. */
export function useWakeLock(isWanted: boolean): void {
  useEffect(() => {
    // Not in every browser, whatever the types say, and on safe pages only.
    const { wakeLock } = navigator as Partial<Pick<Navigator, 'wakeLock'>>;
    if (!isWanted || wakeLock === undefined) return undefined;
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    const take = async () => {
      if (document.visibilityState !== 'visible' || lock?.released === false) return;
      const taken = await wakeLock.request('screen').catch(() => null);
      if (isOver) await taken?.release();
      else lock = taken;
    };
    const onVisible = () => void take();
    void take();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', onVisible);
      void lock?.release();
    };
  }, [isWanted]);
}
