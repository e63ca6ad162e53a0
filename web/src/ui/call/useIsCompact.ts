import { useSyncExternalStore } from 'react';

/** A phone, upright or on its side: five controls fit into the bar. */
const COMPACT =
  '(max-width: 759.98px) and (orientation: portrait), (max-height: 479.98px) and (orientation: landscape)';

export function useIsCompact(): boolean {
  return useSyncExternalStore(follow, () => matchMedia(COMPACT).matches);
}

function follow(onChange: () => void): () => void {
  const query = matchMedia(COMPACT);
  query.addEventListener('change', onChange);
  return () => {
    query.removeEventListener('change', onChange);
  };
}
