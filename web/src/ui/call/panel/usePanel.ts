import { useCallback, useMemo, useState } from 'react';

/** What stands beside the faces; one at a time. */
export type PanelName = 'chat' | 'people' | 'room' | 'invite' | 'details';

export interface PanelChoice {
  readonly shown: PanelName | null;
  /** Show it, or nothing where it is shown. */
  readonly toggle: (name: PanelName) => void;
  readonly close: () => void;
}

export function usePanel(): PanelChoice {
  const [shown, setShown] = useState<PanelName | null>(null);
  const toggle = useCallback((name: PanelName) => {
    setShown((was) => (was === name ? null : name));
  }, []);
  const close = useCallback(() => {
    setShown(null);
  }, []);
  return useMemo(() => ({ shown, toggle, close }), [shown, toggle, close]);
}
