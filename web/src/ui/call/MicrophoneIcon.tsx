import Mic from 'lucide-react/icons/mic';
import { useEffect, useRef } from 'react';
import css from './ControlBar.module.css';
import { useOwnVoice } from './OwnVoice';

/** A microphone that fills as one speaks: the level goes straight to its style. */
export function MicrophoneIcon() {
  const voice = useOwnVoice();
  const fill = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      voice.onLevel((level) => {
        fill.current?.style.setProperty('--level', level.toFixed(2));
      }),
    [voice],
  );
  return (
    <>
      <Mic aria-hidden="true" />
      <span ref={fill} className={css['level']} />
    </>
  );
}
