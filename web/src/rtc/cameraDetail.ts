/** How large one's camera is captured: pure. Usually 1280x720, which is enough for a tile, and what most machines
 *  encode with ease; 1920x1080 where two are in the call, the other shows it so large, and the network carries it. */
import { LARGEST } from './rungs';
import { rungFor, type View } from './sendBudget';

export type Detail =
  { readonly name: 'usual'; readonly good: number } | { readonly name: 'large'; readonly bad: number };

export const USUAL: Detail = { name: 'usual', good: 0 };

export interface DetailReading {
  readonly links: number;
  readonly view: View | null;
  /** The largest size that the network carries, of RUNGS. */
  readonly ceiling: number;
  readonly availableKbps: number | null;
  readonly isSharing: boolean;
}

/** The shorter side of a view for which 720 lines are too few. */
const LARGE_VIEW = 900;
const READINGS_TO_GROW = 3;
const READINGS_TO_SHRINK = 2;

/** From one reading to the next; they come every 2 s. */
export function nextDetail(detail: Detail, reading: DetailReading): Detail {
  const { links, view, isSharing } = reading;
  const isOfUse =
    links === 1 && !isSharing && view !== null && Math.min(view.width, view.height) >= LARGE_VIEW;
  if (!isOfUse) return USUAL;
  const isCarried = reading.ceiling === LARGEST && rungFor(reading.availableKbps ?? 0, 1) === LARGEST;
  if (detail.name === 'usual') {
    const good = isCarried ? detail.good + 1 : 0;
    return good < READINGS_TO_GROW ? { name: 'usual', good } : { name: 'large', bad: 0 };
  }
  const bad = isCarried ? 0 : detail.bad + 1;
  return bad < READINGS_TO_SHRINK ? { name: 'large', bad } : USUAL;
}

export function constraintsFor({ name }: Detail): MediaTrackConstraints {
  const [width, height] = name === 'large' ? [1920, 1080] : [1280, 720];
  return { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
}
