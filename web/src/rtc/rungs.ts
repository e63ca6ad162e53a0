/** The sizes in which a camera's picture is sent. kbit/s throughout; 1 kbit/s = 1,000 bit/s. */

/** A size of picture, and what it takes. */
export interface Rung {
  /** The shorter side, in px. */
  readonly side: number;
  readonly framerate: number;
  readonly maxKbps: number;
  /** Below this it does not look better than the next smaller size. */
  readonly needsKbps: number;
}

/** From small to large. */
export const RUNGS = [
  { side: 120, framerate: 10, maxKbps: 100, needsKbps: 40 },
  { side: 180, framerate: 15, maxKbps: 180, needsKbps: 80 },
  { side: 270, framerate: 20, maxKbps: 350, needsKbps: 140 },
  { side: 360, framerate: 30, maxKbps: 600, needsKbps: 240 },
  { side: 540, framerate: 30, maxKbps: 1_100, needsKbps: 500 },
  { side: 720, framerate: 30, maxKbps: 1_700, needsKbps: 900 },
  { side: 1080, framerate: 30, maxKbps: 2_500, needsKbps: 1_800 },
] as const satisfies readonly Rung[];

export const SMALLEST = 0;
export const LARGEST = RUNGS.length - 1;
