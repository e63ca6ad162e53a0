import { useEffect } from 'react';
import { useSession } from '../useCall';
import { handOf } from '../../call/Talk';
import { talkOf } from './talk';
import { toggleCamera, toggleMicrophone, toggleScreen } from './toggles';

/** M for the microphone, V for the camera, S to share, H for the hand, C for the chat; not while one writes. */
export function useCallKeys(toggleChat: () => void): void {
  const session = useSession();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || hasModifier(event) || isWriting(event.target)) return;
      const key = letterOf(event);
      if (key === 'm') toggleMicrophone(session);
      if (key === 'v') toggleCamera(session);
      if (key === 's') toggleScreen(session);
      if (key === 'h') talkOf(session).raiseHand(handOf(session.store.getState()) === null);
      if (key === 'c') toggleChat();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [session, toggleChat]);
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
