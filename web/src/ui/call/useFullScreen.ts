import { useCallback, useEffect, useState, type RefObject } from 'react';

/** Filling one's own screen with an element. Phones of one make cannot. */
export function useFullScreen(element: RefObject<HTMLElement | null>) {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    const onChange = () => {
      setOn(document.fullscreenElement !== null && document.fullscreenElement === element.current);
    };
    document.addEventListener('fullscreenchange', onChange);
    return () => {
      document.removeEventListener('fullscreenchange', onChange);
    };
  }, [element]);
  const toggle = useCallback(() => {
    // Refused where the browser does not want to: then nothing changes.
    if (document.fullscreenElement === null) element.current?.requestFullscreen().catch(() => undefined);
    else document.exitFullscreen().catch(() => undefined);
  }, [element]);
  return { isOn, toggle, isPossible: document.fullscreenEnabled };
}
