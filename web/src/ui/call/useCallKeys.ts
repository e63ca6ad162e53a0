import { useEffect } from 'react';
import { useSession } from '../useCall';
import { toggleCamera, toggleMicrophone } from './toggles';

/** M for the microphone, V for the camera; not while one writes. */
export function useCallKeys(): void {
  const session = useSession();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || hasModifier(event) || isWriting(event.target)) return;
      const key = letterOf(event);
      if (key === 'm') toggleMicrophone(session);
      if (key === 'v') toggleCamera(session);
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [session]);
}

function hasModifier({ ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey || shiftKey;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, [contenteditable]') !== null;
}

/** The letter on the key; its place on the keyboard where that writes other letters than a to z. */
function letterOf({ key, code }: KeyboardEvent): string {
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace('Key', '').toLowerCase();
}
