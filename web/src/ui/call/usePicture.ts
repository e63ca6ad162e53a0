import { useEffect, useState } from 'react';
import type { Size } from '../../call/layout';

const NO_SIZE: Size = { width: 0, height: 0 };

/** The picture of a video: its size, and whether there is one to show. That is only when a frame has come
 *  since the camera went on, so that nobody sees the last frame of before. `onFirstFrame` must not change. */
export function usePicture(
  video: HTMLVideoElement | null,
  isOn: boolean,
  onFirstFrame?: () => void,
): { size: Size; isShown: boolean } {
  const [size, setSize] = useState(NO_SIZE);
  const [isFresh, setFresh] = useState(false);
  useEffect(() => {
    if (video === null) return undefined;
    const onResize = () => {
      setSize({ width: video.videoWidth, height: video.videoHeight });
    };
    video.addEventListener('resize', onResize);
    return () => {
      video.removeEventListener('resize', onResize);
    };
  }, [video]);
  useEffect(() => {
    if (video === null || !isOn) return undefined;
    const stop = onNextFrame(video, () => {
      onFirstFrame?.();
      setFresh(true);
    });
    return () => {
      stop();
      setFresh(false);
    };
  }, [video, isOn, onFirstFrame]);
  return { size, isShown: isOn && isFresh };
}

function onNextFrame(video: HTMLVideoElement, act: () => void): () => void {
  if ('requestVideoFrameCallback' in HTMLVideoElement.prototype) {
    const handle = video.requestVideoFrameCallback(act);
    return () => {
      video.cancelVideoFrameCallback(handle);
    };
  }
  video.addEventListener('timeupdate', act, { once: true });
  return () => {
    video.removeEventListener('timeupdate', act);
  };
}
