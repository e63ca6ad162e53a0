import { useCallback, useMemo, useState, useTransition } from 'react';

/** What stands beside the faces; one at a time. */
export type PanelName = 'chat' | 'people' | 'room' | 'invite' | 'details';

export interface PanelChoice {
  readonly shown: PanelName | null;
  /** It was asked for, and is not there yet: the faces stay where they are until it is. */
  readonly coming: PanelName | null;
  /** Show it, or nothing where it is shown. */
  readonly toggle: (name: PanelName) => void;
  readonly close: () => void;
}

export function usePanel(): PanelChoice {
  const [shown, setShown] = useState<PanelName | null>(null);
  const [asked, setAsked] = useState<PanelName | null>(null);
  const [isComing, startComing] = useTransition();
  const toggle = useCallback((name: PanelName) => {
    setAsked(name);
    startComing(() => {
      setShown((was) => (was === name ? null : name));
    });
  }, []);
  const close = useCallback(() => {
    setShown(null);
  }, []);
  const coming = isComing ? asked : null;
  return useMemo(() => ({ shown, coming, toggle, close }), [shown, coming, toggle, close]);
}
