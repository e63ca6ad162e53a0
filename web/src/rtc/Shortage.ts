/** How much picture a link carries: pure, from one reading of its statistics to the next. Frames become
 *  fewer and smaller first; where not even the smallest fits beside the sound, the picture pauses. While it
 *  does, nothing tells what the network would carry: now and then a small picture is tried. */
import { LARGEST, rungFor, SMALLEST } from './sendBudget';

/** What a reading says of what we send. Readings come every 2 s. */
export interface Reading {
  /** ms, of any clock that goes steadily. */
  readonly at: number;
  /** null: the browser does not say, and nothing is limited. */
  readonly availableKbps: number | null;
  readonly roundTripMs: number | null;
  /** Whether there is a picture to send at all. */
  readonly hasPicture: boolean;
  readonly links: number;
}

export type Shortage =
  | {
      readonly name: 'sending';
      readonly since: number;
      /** The largest size, of RUNGS. */
      readonly ceiling: number;
      /** Readings in a row that asked for less; for more. */
      readonly worse: number;
      readonly better: number;
      readonly pauseMs: number;
    }
  | {
      readonly name: 'paused';
      readonly since: number;
      readonly until: number;
      readonly pauseMs: number;
      /** Packets from before still stand in a queue. */
      readonly clogged: boolean;
    }
  /** A small picture is sent, which nobody is shown yet. */
  | {
      readonly name: 'probing';
      readonly since: number;
      readonly peakKbps: number;
      readonly good: number;
      readonly pauseMs: number;
    };

/** A fresh connection, path or camera says little about the network: estimates begin low. */
export const SETTLING_MS = 5_000;
/** For so long at most a trickle of picture is sent while packets stand in a queue. */
const TRICKLE_MS = 40_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 15_000;
/** A picture that has stayed for so long was not tried too early. */
const STEADY_MS = 45_000;
const PROBE_MS = 16_000;
const READINGS_TO_SHRINK = 2;
const READINGS_TO_GROW = 3;
const READINGS_TO_RESUME = 2;
/** Packets stand in a queue for so long that the sound breaks: nothing else is waited for. */
const CLOGGED_MS = 700;
const CLOGGED_BELOW_KBPS = 300;
/** A larger size is sent when there is so much more than it needs. */
const MARGIN = 1.25;
const RESUME_KBPS = 150;
/** So much less than sound and the smallest picture need is beyond doubt. */
const HOPELESS_KBPS = 80;
/** A probe ends when the estimate falls to this share of the best it has seen. */
const FALLEN = 0.6;

export function noShortage(at: number): Shortage {
  return { name: 'sending', since: at, ceiling: LARGEST, worse: 0, better: 0, pauseMs: FIRST_PAUSE_MS };
}

/** The largest size that may be sent, of RUNGS; -1: none. */
export function ceilingOf(shortage: Shortage): number {
  switch (shortage.name) {
    case 'sending':
      return shortage.ceiling;
    case 'probing':
      return SMALLEST;
    case 'paused':
      return -1;
  }
}

/** Whether the other side is to be told that the picture is paused. */
export function isPaused(shortage: Shortage): boolean {
  return shortage.name !== 'sending';
}

/** Whether a trickle of picture is to be sent, which nobody sees. The other side asks again and again for every
 *  packet of the last frames, and what answers it fills the line, until it gets a whole frame anew. */
export function trickles(shortage: Shortage, at: number): boolean {
  return shortage.name === 'paused' && shortage.clogged && at - shortage.since < TRICKLE_MS;
}

export function nextShortage(shortage: Shortage, reading: Reading): Shortage {
  const { at, availableKbps, hasPicture } = reading;
  // Without a picture the estimate is that of the sound alone, and there is nothing to pause.
  if (availableKbps === null || !hasPicture) return noShortage(at);
  switch (shortage.name) {
    case 'sending':
      return whileSending(shortage, reading, availableKbps);
    case 'paused': {
      // What stands in a queue from before has to leave it first.
      if (isClogged(reading)) return { ...shortage, clogged: true };
      return at < shortage.until && availableKbps < RESUME_KBPS
        ? { ...shortage, clogged: false }
        : { name: 'probing', since: at, peakKbps: 0, good: 0, pauseMs: shortage.pauseMs };
    }
    case 'probing':
      return whileProbing(shortage, reading, availableKbps);
  }
}

function whileSending(
  shortage: Extract<Shortage, { name: 'sending' }>,
  reading: Reading,
  availableKbps: number,
): Shortage {
  const { at, links } = reading;
  const fits = rungFor(availableKbps, links);
  if (at - shortage.since < SETTLING_MS) return shortage;
  if (fits < SMALLEST && (isClogged(reading) || availableKbps < HOPELESS_KBPS)) return paused(at, shortage);
  if (fits < shortage.ceiling) {
    const worse = shortage.worse + 1;
    if (worse < READINGS_TO_SHRINK) return { ...shortage, worse, better: 0 };
    return fits < SMALLEST ? paused(at, shortage) : { ...shortage, ceiling: fits, worse: 0, better: 0 };
  }
  const better = rungFor(availableKbps / MARGIN, links) > shortage.ceiling ? shortage.better + 1 : 0;
  if (better < READINGS_TO_GROW) return { ...shortage, worse: 0, better };
  return { ...shortage, ceiling: shortage.ceiling + 1, worse: 0, better: 0 };
}

function whileProbing(
  shortage: Extract<Shortage, { name: 'probing' }>,
  reading: Reading,
  availableKbps: number,
): Shortage {
  const { at } = reading;
  const peakKbps = Math.max(shortage.peakKbps, availableKbps);
  const hasFailed = isClogged(reading) || availableKbps < FALLEN * peakKbps;
  if (hasFailed || at - shortage.since >= PROBE_MS) return pausedAgain(at, shortage);
  if (availableKbps < RESUME_KBPS) return { ...shortage, peakKbps, good: 0 };
  if (shortage.good + 1 < READINGS_TO_RESUME) return { ...shortage, peakKbps, good: shortage.good + 1 };
  const { pauseMs } = shortage;
  return { name: 'sending', since: at, ceiling: SMALLEST + 1, worse: 0, better: 0, pauseMs };
}

function isClogged({ roundTripMs, availableKbps }: Reading): boolean {
  return (roundTripMs ?? 0) > CLOGGED_MS && (availableKbps ?? Infinity) < CLOGGED_BELOW_KBPS;
}

function paused(at: number, { since, pauseMs }: Extract<Shortage, { name: 'sending' }>): Shortage {
  const wait = at - since > STEADY_MS ? FIRST_PAUSE_MS : pauseMs;
  return { name: 'paused', since: at, until: at + wait, pauseMs: longer(wait), clogged: true };
}

function pausedAgain(at: number, { pauseMs }: Shortage): Shortage {
  return { name: 'paused', since: at, until: at + pauseMs, pauseMs: longer(pauseMs), clogged: true };
}

function longer(pauseMs: number): number {
  return Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
}
