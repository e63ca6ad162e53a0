import { useCallback, useSyncExternalStore } from 'react';

const LYING = '(max-height: 479.98px) and (orientation: landscape)';
const NARROW = '(max-width: 759.98px) and (orientation: portrait)';
/** A panel beside the faces (`--panel-w`, which grows with the text) leaves less than 760 px. */
const NARROW_BESIDE_PANEL = '(max-width: calc(759.98px + 22.5rem))';

/** A phone, upright or on its side, or a narrow stage beside a panel: five controls fit into the bar. */
export function useIsCompact(isPanelOpen: boolean): boolean {
  const asked = `${LYING}, ${isPanelOpen ? NARROW_BESIDE_PANEL : NARROW}`;
  const follow = useCallback(
    (onChange: () => void) => {
      const query = matchMedia(asked);
      query.addEventListener('change', onChange);
      return () => {
        query.removeEventListener('change', onChange);
      };
    },
    [asked],
  );
  return useSyncExternalStore(follow, () => matchMedia(asked).matches);
}
