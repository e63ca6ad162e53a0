import PictureInPicture from 'lucide-react/icons/picture-in-picture-2';
import { useEffect, useRef, useState } from 'react';
import { strings } from '../../lib/callStrings';
import css from './SmallWindow.module.css';
import { useShown } from './useShown';

/** The picture of who speaks, as the browser shows it by itself, with the buttons that it puts on it
 *  (Picture-in-Picture, section 4). Their sound goes on in the page. */
export function SmallPicture() {
  const { stream } = useShown();
  const video = useRef<HTMLVideoElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  useEffect(() => {
    const life = new AbortController();
    const look = () => {
      setOpen(document.pictureInPictureElement === video.current);
    };
    for (const event of ['enterpictureinpicture', 'leavepictureinpicture']) {
      video.current?.addEventListener(event, look, { signal: life.signal });
    }
    return () => {
      life.abort();
    };
  }, []);
  const toggle = () => {
    const done = isOpen ? document.exitPictureInPicture() : video.current?.requestPictureInPicture();
    // Refused before the first frame: then nothing happens.
    done?.catch(() => undefined);
  };
  return (
    <>
      {(stream !== null || isOpen) && <OpenButton isOpen={isOpen} onPress={toggle} />}
      <video ref={video} className={css['source']} aria-hidden="true" autoPlay playsInline muted />
    </>
  );
}

interface OpenButtonProps {
  readonly isOpen: boolean;
  readonly onPress: () => void;
}

export function OpenButton({ isOpen, onPress }: OpenButtonProps) {
  return (
    <button
      type="button"
      className={css['button']}
      aria-label={strings.call.smallWindow}
      title={strings.call.smallWindow}
      aria-pressed={isOpen}
      onClick={onPress}
    >
      <PictureInPicture aria-hidden="true" />
    </button>
  );
}
