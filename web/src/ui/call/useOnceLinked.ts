import { useEffect, useState } from 'react';
import { useCall } from '../useCall';

/** A first connection is not waited for any longer than this. */
const PATIENCE_MS = 400;

/** A value as it was before a link to somebody new was begun, until that is connected: what does not need to be drawn
 *  at once would take the processor from it. */
export function useOnceLinked<Value>(value: Value, before: Value): Value {
  const isLinking = useCall(({ links }) => [...links.values()].some(({ state }) => state === 'connecting'));
  const [settled, setSettled] = useState(before);
  if (!isLinking && settled !== value) setSettled(value);
  useEffect(() => {
    if (!isLinking) return undefined;
    const timer = setTimeout(() => {
      setSettled(value);
    }, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isLinking, value]);
  return settled;
}
