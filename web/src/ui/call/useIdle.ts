import { useEffect, useState } from 'react';

const IDLE_AFTER_MS = 3500;
const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'wheel', 'keydown', 'focusin'] as const;

/** True when nobody has moved, touched or typed for a while. */
export function useIdle(isWanted: boolean): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    if (!isWanted) return undefined;
    let isAsleep = false;
    const sleep = () => {
      isAsleep = true;
      setIdle(true);
    };
    let timer = setTimeout(sleep, IDLE_AFTER_MS);
    const wake = (event: Event) => {
      if (isAsleep && isTouch(event)) swallowClick();
      isAsleep = false;
      clearTimeout(timer);
      timer = setTimeout(sleep, IDLE_AFTER_MS);
      setIdle(false);
    };
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, wake, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, wake);
      setIdle(false);
    };
  }, [isWanted]);
  return isWanted && isIdle;
}

function isTouch(event: Event): boolean {
  return event.type === 'pointerdown' && (event as PointerEvent).pointerType === 'touch';
}

/** A finger cannot see what it wakes: its first touch only brings the controls back. */
function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener('click', swallow, { capture: true, once: true, signal: AbortSignal.timeout(1000) });
}
