/** How much picture a link carries: pure, from one reading of its statistics to the next. Frames become
 *  fewer and smaller first; where not even the smallest fits beside the sound, the picture pauses. While it
 *  does, nothing tells what the network would carry: now and then a small picture is tried. */
import { LARGEST, SMALLEST } from './rungs';

/** What a reading says of what we send. Readings come every 2 s. */
export interface Reading {
  /** ms, of any clock that goes steadily. */
  readonly at: number;
  /** null: the browser does not say, and nothing is limited. */
  readonly availableKbps: number | null;
  readonly sentKbps: number | null;
  readonly roundTripMs: number | null;
  readonly queueMs: number | null;
  readonly sentLossFraction: number | null;
  /** Whether there is a picture to send at all. */
  readonly hasPicture: boolean;
  readonly links: number;
  /** Whether the sound is music, which takes more. */
  readonly originalSound: boolean;
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
      /** Readings in a row in which everything came whole and in time. */
      readonly calm: number;
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
export const FIRST_PAUSE_MS = 5_000;

export function noShortage(at: number): Extract<Shortage, { name: 'sending' }> {
  return {
    name: 'sending',
    since: at,
    ceiling: LARGEST,
    worse: 0,
    better: 0,
    calm: 0,
    pauseMs: FIRST_PAUSE_MS,
  };
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
