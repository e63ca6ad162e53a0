import { useEffect, type RefObject } from 'react';
import type { StoreApi } from 'zustand/vanilla';

/** Marks an element with `data-speaking` while somebody speaks, past React: a voice draws nothing anew. */
export function useSpeaking<State>(
  element: RefObject<HTMLElement | null>,
  store: StoreApi<State>,
  isSpeaking: (state: State) => boolean,
): void {
  useEffect(() => {
    const mark = () => {
      element.current?.toggleAttribute('data-speaking', isSpeaking(store.getState()));
    };
    mark();
    return store.subscribe(mark);
  }, [element, store, isSpeaking]);
}
