import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';

/** Opening, closing and keys of a menu: arrows move, Home and End go to the ends, Escape goes back to the
 *  button, Tab and a press elsewhere close. `part`: which part of it is shown; with another, focus goes there. */
export function useMenu({ part = '', isOpenAtFirst = false } = {}) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!isOpen) return undefined;
    // So high as there is room above the button (DevicesMenu.module.css).
    const room = button.current?.getBoundingClientRect().top ?? 0;
    menu.current?.style.setProperty('--room', `${room}px`);
    const items = itemsOf(menu.current);
    // Among choices the present one; a menu of commands begins at its beginning.
    const isOfChoices = items[0]?.getAttribute('role') !== 'menuitem';
    const chosen = isOfChoices ? items.find((item) => item.ariaChecked === 'true') : undefined;
    (chosen ?? items[0] ?? menu.current)?.focus();
    const closeOutside = ({ target }: Event) => {
      const isInside = (element: HTMLElement | null) => target instanceof Node && element?.contains(target);
      if (!isInside(menu.current) && !isInside(button.current)) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside, true);
    return () => {
      document.removeEventListener('pointerdown', closeOutside, true);
    };
  }, [isOpen, part]);

  const toggle = useCallback(() => {
    setOpen((was) => !was);
  }, []);

  /** Closes and gives the focus back to the button. */
  const close = useCallback(() => {
    setOpen(false);
    button.current?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    const items = itemsOf(menu.current);
    const step = stepOf(event.key, items.indexOf(document.activeElement as HTMLElement), items.length);
    if (step !== null) items[step]?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  };

  return { isOpen, button, menu, toggle, close, onKeyDown };
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}

/** The place to which a key moves among `count` items, round the ends; null for other keys. */
function stepOf(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return at <= 0 ? count - 1 : at - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
