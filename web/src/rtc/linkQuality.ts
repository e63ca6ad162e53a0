/** How good a link is, in three words: pure, from its statistics. */
import type { LinkStats } from './LinkStats';

export type Quality = 'good' | 'fair' | 'poor';

type Measure = 'roundTripMs' | 'lossFraction' | 'sentLossFraction' | 'concealedFraction';

/** From here on a link is fair; poor. Round trips after ITU-T G.114: beyond 400 ms both ways one begins to
 *  talk across each other. Losses below 3 % are repaired unheard. */
const LIMITS: Readonly<Record<Measure, { readonly fair: number; readonly poor: number }>> = {
  roundTripMs: { fair: 300, poor: 600 },
  lossFraction: { fair: 0.03, poor: 0.1 },
  sentLossFraction: { fair: 0.03, poor: 0.1 },
  concealedFraction: { fair: 0.02, poor: 0.07 },
};
const MEASURES = Object.keys(LIMITS) as readonly Measure[];
const ORDER: readonly Quality[] = ['good', 'fair', 'poor'];

/** Readings in a row that say so, until the mark gets worse; better. */
const READINGS = { worse: 2, better: 4 } as const;

export interface QualityState {
  readonly quality: Quality;
  /** What the last readings say instead, and how many of them. */
  readonly instead: Quality | null;
  readonly count: number;
}

/** The state after one more reading; null before the first. `isPaused`: a picture of either side is paused. */
export function nextQuality(state: QualityState | null, stats: LinkStats, isPaused: boolean): QualityState {
  const said = isPaused ? 'poor' : qualityOf(stats);
  if (state === null || said === state.quality) return settled(said);
  const isWorse = ORDER.indexOf(said) > ORDER.indexOf(state.quality);
  const wasWorse = state.instead !== null && ORDER.indexOf(state.instead) > ORDER.indexOf(state.quality);
  const count = state.count > 0 && isWorse === wasWorse ? state.count + 1 : 1;
  if (isPaused || count >= READINGS[isWorse ? 'worse' : 'better']) return settled(said);
  return { quality: state.quality, instead: said, count };
}

function settled(quality: Quality): QualityState {
  return { quality, instead: null, count: 0 };
}

function qualityOf(stats: LinkStats): Quality {
  const reaches = (limit: 'fair' | 'poor') =>
    MEASURES.some((measure) => (stats[measure] ?? 0) >= LIMITS[measure][limit]);
  return reaches('poor') ? 'poor' : reaches('fair') ? 'fair' : 'good';
}
