import { useEffect, type RefObject } from 'react';

/** Keeps an element clear of a phone's keyboard, which lies over the page: `--keyboard` on it is how much of the
 *  page's foot is covered, `--visible` how high what is left is (CSSOM View, section 11). */
export function useKeyboardInset(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (viewport === null) return undefined;
    const follow = () => {
      const covered = Math.max(0, innerHeight - viewport.height - viewport.offsetTop);
      element.current?.style.setProperty('--keyboard', `${covered}px`);
      element.current?.style.setProperty('--visible', `${viewport.height}px`);
    };
    follow();
    viewport.addEventListener('resize', follow);
    viewport.addEventListener('scroll', follow);
    return () => {
      viewport.removeEventListener('resize', follow);
      viewport.removeEventListener('scroll', follow);
    };
  }, [element]);
}
