import { createContext, use, useEffect } from 'react';
import type { VoiceWatch } from '../../call/VoiceWatch';
import { useSession } from '../useCall';

export const VoicesContext = createContext<VoiceWatch | null>(null);

export function useVoices(): VoiceWatch {
  const voices = use(VoicesContext);
  if (voices === null) throw new Error('expected a watch over voices around this component');
  return voices;
}

/** Listens to the others while the call is on screen. */
export function useListening(voices: VoiceWatch): void {
  const { care } = useSession();
  useEffect(() => voices.start(() => care.soundLevels()), [voices, care]);
}
