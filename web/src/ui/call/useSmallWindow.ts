import { useCallback, useEffect, useState } from 'react';

/** Document Picture-in-Picture (https://wicg.github.io/document-picture-in-picture/), where the browser has it. */
interface DocumentPictureInPicture {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const SIZE = { width: 360, height: 260 };
/** Keys that mean the same in it as in the page. */
const KEYS: ReadonlySet<string> = new Set(['m', 'v', 'h', ' ']);

function api(): DocumentPictureInPicture | null {
  return (window as { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture ?? null;
}

/** A small window of this page that stays above all others. `body` is where to draw; null while it is closed. */
export function useSmallWindow() {
  const [body, setBody] = useState<HTMLElement | null>(null);
  const toggle = useCallback(() => {
    if (body !== null) body.ownerDocument.defaultView?.close();
    else void open(setBody);
  }, [body]);
  useEffect(
    () => () => {
      body?.ownerDocument.defaultView?.close();
    },
    [body],
  );
  return { isPossible: api() !== null, body, toggle };
}

async function open(onBody: (body: HTMLElement | null) => void): Promise<void> {
  // Refused without a press, or while another is open: then there is none.
  const small = await api()
    ?.requestWindow(SIZE)
    .catch(() => null);
  if (small == null) return;
  const { document: inner } = small;
  inner.documentElement.lang = document.documentElement.lang;
  inner.documentElement.dir = document.documentElement.dir;
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) {
    inner.head.append(inner.importNode(sheet, true));
  }
  inner.body.dataset['stage'] = '';
  passKeysOn(small);
  small.addEventListener('pagehide', () => {
    onBody(null);
  });
  onBody(inner.body);
}

/** The page's keys are heard in the small window too, so that one who is muted can talk from there. Its buttons have
 *  the space bar from those alone who go to them by keys. */
function passKeysOn(small: Window): void {
  let isByKeys = false;
  const passOn = (event: KeyboardEvent) => {
    const { type, key, code, repeat, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (key === 'Tab') isByKeys = true;
    if (!KEYS.has(key.toLowerCase()) || (key === ' ' && isByKeys)) return;
    const again = { key, code, repeat, ctrlKey, metaKey, altKey, shiftKey, cancelable: true };
    if (!dispatchEvent(new KeyboardEvent(type, again))) event.preventDefault();
  };
  small.addEventListener('keydown', passOn);
  small.addEventListener('keyup', passOn);
  small.addEventListener('pointerdown', () => {
    isByKeys = false;
  });
}
