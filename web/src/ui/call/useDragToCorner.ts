import { useCallback, type KeyboardEvent, type PointerEvent } from 'react';
import { cornerAt, type Corner } from '../../call/layout';

const MOVED_PX = 6;

/** Dragged with a pointer, or moved by the arrow keys, an element goes to the corner of the stage that is nearest.
 *  While it is dragged it follows the pointer by its style alone. */
export function useDragToCorner(corner: Corner, onCorner: (corner: Corner) => void) {
  const onPointerDown = useCallback(
    (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      const element = event.currentTarget;
      const from = { x: event.clientX, y: event.clientY };
      const life = new AbortController();
      element.setPointerCapture(event.pointerId);
      const follow = (move: globalThis.PointerEvent) => {
        element.style.translate = `${move.clientX - from.x}px ${move.clientY - from.y}px`;
        element.dataset['dragged'] = '';
      };
      const drop = (end: globalThis.PointerEvent) => {
        life.abort();
        const moved = Math.hypot(end.clientX - from.x, end.clientY - from.y);
        if (end.type === 'pointerup' && moved > MOVED_PX) onCorner(cornerUnder(element));
        element.style.translate = '';
        delete element.dataset['dragged'];
      };
      const { signal } = life;
      element.addEventListener('pointermove', follow, { signal });
      element.addEventListener('pointerup', drop, { signal });
      element.addEventListener('pointercancel', drop, { signal });
    },
    [onCorner],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const moved = movedBy(event.key, corner, isRightToLeft(event.currentTarget));
    if (moved === null) return;
    event.preventDefault();
    onCorner(moved);
  };
  return { onPointerDown, onKeyDown };
}

function cornerUnder(element: HTMLElement): Corner {
  const stage = element.parentElement?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight);
  const { x, y, width, height } = element.getBoundingClientRect();
  const fromLeft = x + width / 2 - stage.x;
  const inline = isRightToLeft(element) ? stage.width - fromLeft : fromLeft;
  return cornerAt(stage, inline, y + height / 2 - stage.y);
}

function movedBy(key: string, corner: Corner, isMirrored: boolean): Corner | null {
  const [row, column] = corner.split(' ') as ['top' | 'bottom', 'start' | 'end'];
  switch (key) {
    case 'ArrowUp':
      return `top ${column}`;
    case 'ArrowDown':
      return `bottom ${column}`;
    case 'ArrowLeft':
      return `${row} ${isMirrored ? 'end' : 'start'}`;
    case 'ArrowRight':
      return `${row} ${isMirrored ? 'start' : 'end'}`;
    default:
      return null;
  }
}

function isRightToLeft(element: HTMLElement): boolean {
  return getComputedStyle(element).direction === 'rtl';
}
