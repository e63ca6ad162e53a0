import { useCallback, useEffect, useState, type CSSProperties, type RefObject } from 'react';
import { moved, WHOLE, zoomed, type Zoom } from './zoom';

const WHEEL_STEP = 0.002;

/** Looking closer at what is in an element: by its wheel, by two fingers, by dragging what is too large. */
export function useZoom(element: RefObject<HTMLElement | null>) {
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  useEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const stop = new AbortController();
    const { signal } = stop;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      setZoom((was) => zoomed(was, Math.exp(-event.deltaY * WHEEL_STEP), pointIn(target, event)));
    };
    target.addEventListener('wheel', onWheel, { signal, passive: false });
    followFingers(target, setZoom, signal);
    return () => {
      stop.abort();
    };
  }, [element]);
  const by = useCallback((factor: number) => {
    setZoom((was) => zoomed(was, factor));
  }, []);
  const reset = useCallback(() => {
    setZoom(WHOLE);
  }, []);
  const style: CSSProperties =
    zoom.scale === 1
      ? {}
      : { transform: `translate(${zoom.x * 100}%, ${zoom.y * 100}%) scale(${zoom.scale})` };
  return { zoom, style, by, reset };
}

type Change = (change: (was: Zoom) => Zoom) => void;

/** One finger moves, two move apart or together. */
function followFingers(target: HTMLElement, change: Change, signal: AbortSignal): void {
  const fingers = new Map<number, { x: number; y: number }>();
  target.addEventListener(
    'pointerdown',
    (event) => {
      if (event.target instanceof Element && event.target.closest('button') !== null) return;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      target.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  target.addEventListener(
    'pointermove',
    (event) => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      const { width, height } = target.getBoundingClientRect();
      if (other === undefined)
        change((was) => moved(was, (now.x - before.x) / width, (now.y - before.y) / height));
      else
        change((was) =>
          zoomed(was, apart(now, other) / Math.max(1, apart(before, other)), pointIn(target, event)),
        );
    },
    { signal },
  );
  for (const end of ['pointerup', 'pointercancel'] as const) {
    target.addEventListener(end, (event) => fingers.delete(event.pointerId), { signal });
  }
}

function apart(one: { x: number; y: number }, other: { x: number; y: number }): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/** As a share of the element's width and height, from its middle. */
function pointIn(element: HTMLElement, { clientX, clientY }: MouseEvent): { x: number; y: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: (clientX - left) / width - 0.5, y: (clientY - top) / height - 0.5 };
}
