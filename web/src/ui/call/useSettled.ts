import { useEffect, useState } from 'react';

/** Of faces alone, when one enters: to draw the rest takes as long again. */
const FACES_FIRST_MS = 50;

/** False for a moment after one has entered, and while one is in the lobby. */
export function useSettled(): boolean {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(true);
    }, FACES_FIRST_MS);
    return () => {
      clearTimeout(timer);
      setSettled(false);
    };
  }, []);
  return isSettled;
}
