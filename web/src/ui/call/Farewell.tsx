import { useLayoutEffect, useRef } from 'react';

/** Within what is to go in its own time: when it is taken away, a likeness of it stays in its place until the
 *  animation is over that the style sheet has for `[data-leaving]`. Hands and readers do not find it, and where nothing
 *  is to move there is none. */
export function Farewell() {
  const mark = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const parent = mark.current?.parentElement ?? null;
    return () => {
      if (parent !== null) leave(parent);
    };
  }, []);
  return <i ref={mark} hidden />;
}

function leave(element: HTMLElement): void {
  if (document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const likeness = likenessOf(element);
  const scrolled = [...element.children].map(({ scrollTop }) => scrollTop);
  element.after(likeness);
  requestAnimationFrame(() => {
    for (const [place, part] of [...likeness.children].entries()) part.scrollTop = scrolled[place] ?? 0;
    // Still there: it was not taken away, but drawn twice to see whether it can be.
    const ends = element.isConnected ? [] : likeness.getAnimations().map(({ finished }) => finished);
    void Promise.allSettled(ends).then(() => {
      likeness.remove();
    });
  });
}

function likenessOf(element: HTMLElement): HTMLElement {
  const likeness = element.cloneNode(true) as HTMLElement;
  for (const mark of ['id', 'role', 'data-notice', 'data-area', 'data-chrome', 'data-speaking']) {
    for (const part of [likeness, ...likeness.querySelectorAll(`[${mark}]`)]) part.removeAttribute(mark);
  }
  likeness.inert = true;
  likeness.ariaHidden = 'true';
  likeness.dataset['leaving'] = '';
  const videos = element.querySelectorAll('video');
  for (const [place, copy] of likeness.querySelectorAll('video').entries()) {
    copy.replaceWith(lastFrameOf(videos[place], copy));
  }
  return likeness;
}

/** A copied video has nothing to play. */
function lastFrameOf(video: HTMLVideoElement | undefined, { className, style }: HTMLElement): HTMLElement {
  const frame = document.createElement('canvas');
  frame.className = className;
  frame.style.cssText = style.cssText;
  if (video !== undefined && video.videoWidth > 0) {
    frame.width = video.videoWidth;
    frame.height = video.videoHeight;
    frame.getContext('2d')?.drawImage(video, 0, 0);
  }
  return frame;
}
