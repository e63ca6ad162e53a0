import MicOff from 'lucide-react/icons/mic-off';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { strings } from '../../lib/callStrings';
import { useCall } from '../useCall';
import css from './ControlBar.module.css';
import { Farewell } from './Farewell';
import { useOwnVoice } from './OwnVoice';

const STAYS_MS = 4_000;

/** At the button that helps: one speaks, and nobody hears it. */
export function MutedHint() {
  const isMuted = useCall((state) => state.media.microphone.state === 'off');
  const isSpeaking = useStore(useOwnVoice().store, (voice) => voice.isSpeaking);
  const isShown = useStaying(isMuted && isSpeaking) && isMuted;
  return (
    <div className={css['hint']} role="status" {...(isShown && { 'data-notice': true })}>
      {isShown && (
        <p>
          <MicOff aria-hidden="true" />
          <span>
            <b>{strings.controls.mutedHint.what}</b>
            <small>{strings.controls.mutedHint.then}</small>
          </span>
          <Farewell />
        </p>
      )}
    </div>
  );
}

/** True with the condition, and for a while after it. */
function useStaying(isSo: boolean): boolean {
  const [stays, setStays] = useState(false);
  if (isSo && !stays) setStays(true);
  useEffect(() => {
    if (isSo || !stays) return undefined;
    const timer = setTimeout(() => {
      setStays(false);
    }, STAYS_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isSo, stays]);
  return stays;
}
