import { useEffect, useState } from 'react';

/** True when `waiting` has lasted long enough to be shown. */
export function useLate(waiting: boolean, afterMs = 300): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setTimeout(() => {
      setLate(true);
    }, afterMs);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [waiting, afterMs]);
  return waiting && isLate;
}
