import { useEffect, useState, type RefObject } from 'react';
import type { Stage } from '../../call/layout';

const NO_INSETS = { top: 0, end: 0, bottom: 0, start: 0 };
const SETTLED_AFTER_MS = 160;

/** The stage as it is measured. `element` is padded by the screen's safe edges, and has a `data-letter` in it, which is
 *  1 rem wide. It carries `data-resizing` while the window changes, so that tiles follow it at once and do not float
 *  after it; beside a panel they glide. */
export function useStage(element: RefObject<HTMLElement | null>): Stage {
  const [stage, setStage] = useState<Stage>(() => ({
    width: innerWidth,
    height: innerHeight,
    safe: NO_INSETS,
    scale: textScale(),
  }));
  useEffect(() => {
    const measured = element.current;
    if (measured === null) return undefined;
    let settling: ReturnType<typeof setTimeout> | undefined;
    let windowSize = '';
    const observer = new ResizeObserver(() => {
      if (windowSize !== (windowSize = `${innerWidth} ${innerHeight}`)) {
        measured.dataset['resizing'] = '';
        clearTimeout(settling);
        settling = setTimeout(() => {
          delete measured.dataset['resizing'];
        }, SETTLED_AFTER_MS);
      }
      setStage({
        width: measured.clientWidth,
        height: measured.clientHeight,
        safe: insetsOf(measured),
        scale: textScale(),
      });
    });
    observer.observe(measured);
    // Letters grow without the window: what is as large as one tells of it.
    const letter = measured.querySelector('[data-letter]');
    if (letter !== null) observer.observe(letter);
    return () => {
      observer.disconnect();
      clearTimeout(settling);
    };
  }, [element]);
  return stage;
}

function insetsOf(element: HTMLElement): Stage['safe'] {
  const style = getComputedStyle(element);
  const px = (property: string) => parseFloat(style.getPropertyValue(property)) || 0;
  return {
    top: px('padding-block-start'),
    end: px('padding-inline-end'),
    bottom: px('padding-block-end'),
    start: px('padding-inline-start'),
  };
}

function textScale(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}
