import { useEffect } from 'react';
import { COMMANDS, type Reach } from './commands';

const AREA = '[data-area]';
const WRITING = 'input, textarea, select, [contenteditable]';
const FOCUSABLE = 'button, a[href], input, select, textarea, [tabindex="0"]';

/** The keys of a call, while one does not write: letters act, the space bar held unmutes for as long, F6 goes round
 *  the areas of the page. */
export function useCallKeys({ session, stage, showKeys, togglePanel }: Reach): void {
  useEffect(() => {
    const life = new AbortController();
    const { signal } = life;
    const reach = { session, stage, showKeys, togglePanel };
    let isTalking = false;
    // What a pointer pressed keeps the focus, and is not meant by the space bar.
    let isByPointer = false;
    const endTalking = () => {
      if (isTalking) session.media.setMicrophone(false);
      isTalking = false;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isWithin(event.target, 'dialog')) return;
      if (event.key === 'F6') {
        event.preventDefault();
        goRound(event.shiftKey ? -1 : 1);
        return;
      }
      if (isWithin(event.target, WRITING) || event.repeat || hasModifier(event)) return;
      if (isMoving(event.key)) isByPointer = false;
      if (event.key === ' ' && !isPressable(event.target, isByPointer)) {
        event.preventDefault();
        if (session.store.getState().media.microphone.state !== 'off') return;
        isTalking = true;
        session.media.setMicrophone(true);
        return;
      }
      COMMANDS.find(({ key }) => key === letterOf(event))?.run(reach);
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key !== ' ') return;
      // A button is pressed when the key comes up.
      if (isTalking) event.preventDefault();
      endTalking();
    };
    const onPointerDown = () => {
      isByPointer = true;
    };
    addEventListener('keydown', onKeyDown, { signal });
    addEventListener('keyup', onKeyUp, { signal });
    addEventListener('pointerdown', onPointerDown, { signal, capture: true });
    // Who goes elsewhere with the key held is not to be heard there.
    addEventListener('blur', endTalking, { signal });
    return () => {
      life.abort();
      endTalking();
    };
  }, [session, stage, showKeys, togglePanel]);
}

/** Shift makes the "?" on most keyboards. */
function hasModifier({ ctrlKey, metaKey, altKey, shiftKey, key }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey || (shiftKey && key !== '?');
}

function isWithin(target: EventTarget | null, what: string): boolean {
  return target instanceof Element && target.closest(what) !== null;
}

/** The space bar presses what has the focus, unless a pointer has put it on a button beside or on the faces. What it
 *  has opened, and what stands in it, is pressed. */
function isPressable(target: EventTarget | null, isByPointer: boolean): boolean {
  if (!(target instanceof Element) || target.closest('button, a, summary, [role^="menu"]') === null)
    return false;
  return !isByPointer || target.closest('main button:not([role], [aria-expanded="true"])') === null;
}

/** Keys that carry the focus on. */
function isMoving(key: string): boolean {
  return key === 'Tab' || key === 'F6' || key.startsWith('Arrow');
}

/** The letter on the key; its place on the keyboard where that writes other letters than a to z. */
function letterOf({ key, code }: KeyboardEvent): string {
  return /^[a-z?]$/i.test(key) ? key.toLowerCase() : code.replace('Key', '').toLowerCase();
}

/** To the next area of the page that has something to go to, in the order of the page. */
function goRound(step: 1 | -1): void {
  const areas = [...document.querySelectorAll<HTMLElement>(AREA)].filter((area) => firstIn(area) !== null);
  if (areas.length === 0) return;
  const at = areas.findIndex((area) => area.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : -1) : (at + step) % areas.length;
  const area = areas.at(next);
  if (area !== undefined) firstIn(area)?.focus();
}

function firstIn(area: HTMLElement): HTMLElement | null {
  return area.querySelector<HTMLElement>(FOCUSABLE);
}
