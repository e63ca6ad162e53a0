import { useStore } from 'zustand';
import { others } from '../../call/callState';
import { named } from '../../lib/phrases';
import { useCall } from '../useCall';
import { useVoices } from './Voices';

/** A screen that is shown, or else who spoke last; `stream` is null where there is no picture. */
export function useShown(): { name: string; isScreen: boolean; stream: MediaStream | null } {
  const speakers = useStore(useVoices().store, (voices) => voices.speakers);
  const shown = useCall((state) => {
    const all = others(state);
    const speaker = speakers.map((id) => all.find((one) => one.id === id)).find((one) => one !== undefined);
    return all.find(({ media }) => media.screen === true) ?? speaker ?? all[0];
  });
  const link = useCall((state) => (shown === undefined ? undefined : state.links.get(shown.id)));
  const isScreen = shown?.media.screen === true;
  const stream = (isScreen ? link?.screen : link?.stream) ?? null;
  const hasPicture = isScreen || shown?.media.video === true;
  return { name: named(shown?.name ?? ''), isScreen, stream: hasPicture ? stream : null };
}
