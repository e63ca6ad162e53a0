/** What is sent over a link: the rules, without a connection. kbit/s throughout; 1 kbit/s = 1,000 bit/s. */

import { LARGEST, RUNGS, SMALLEST, type Rung } from './rungs';

/** The place at which the other side shows our camera, in device pixels; 0: it is not shown. */
export interface View {
  readonly width: number;
  readonly height: number;
}

export interface SendBudget {
  /** Opus and the headers of its packets, each sound counted once. */
  readonly soundKbps: number;
  readonly picture: PictureBudget;
  readonly screen: PictureBudget;
  readonly screenSoundKbps: number;
}

/** How a screen is to look: text that can be read, in few frames, or film. */
export type ScreenLook = 'sharp' | 'smooth';

export interface SharedScreen extends View {
  readonly look: ScreenLook;
}

export interface PictureBudget {
  readonly active: boolean;
  readonly maxKbps: number;
  /** >= 1 */
  readonly scaleDownBy: number;
  readonly maxFramerate: number;
}

/** The largest picture for each of so many links: one's uplink and processor are shared by all. */
const LARGEST_BY_LINKS: readonly {
  readonly upTo: number;
  readonly rung: number;
  readonly framerate: number;
}[] = [
  { upTo: 2, rung: 6, framerate: 30 },
  { upTo: 3, rung: 5, framerate: 30 },
  { upTo: 5, rung: 4, framerate: 24 },
  { upTo: 7, rung: 3, framerate: 20 },
  { upTo: Infinity, rung: 2, framerate: 15 },
];

interface ScreenRung {
  readonly upTo: number;
  readonly kbps: number;
  readonly framerate: Readonly<Record<ScreenLook, number>>;
  /** The shorter side of film, in px. */
  readonly smoothSide: number;
}

/** The same for a screen: text is sent whole in few frames, film is made smaller rather than slower. */
const SCREEN_BY_LINKS: readonly ScreenRung[] = [
  { upTo: 2, kbps: 3_000, framerate: { sharp: 10, smooth: 30 }, smoothSide: 1080 },
  { upTo: 4, kbps: 2_000, framerate: { sharp: 8, smooth: 24 }, smoothSide: 720 },
  { upTo: 7, kbps: 1_300, framerate: { sharp: 5, smooth: 15 }, smoothSide: 720 },
];
const SCREEN_TO_MANY: ScreenRung = {
  upTo: Infinity,
  kbps: 800,
  framerate: { sharp: 4, smooth: 12 },
  smoothSide: 540,
};
/** What one looks at is the screen: faces beside it are small. */
const LARGEST_BESIDE_SCREEN = 2;
/** Below this size of camera, the network has little room: the screen goes first. */
const SCREEN_FIRST_BELOW = 3;
/** With less, a screen stands still, and takes the room of the sound. */
const LEAST_SCREEN_KBPS = 40;
/** Music and films, in stereo. */
const SCREEN_SOUND_KBPS = 96;
const THRIFTY_SCREEN_SOUND_KBPS = 40;

/** A browser looks whether the network carries up to twice what it may send. A small picture that may send as
 *  much as one so many sizes larger finds out sooner that the network is good again. */
const HEADROOM = 2;

/** px */
const TRICKLE_SIDE = 45;

/** A picture may be stretched by so much before the next larger size is sent. */
const STRETCH = 1.15;

/** Speech in Opus at 32 kbit/s, 18 or 6, music in stereo at 96 or 64: Chromium takes 11 for the headers of packets
 *  off what it is given.
 *  `onTheWire`: each packet carries the one before it too (RED, RFC 2198). */
const SOUND = {
  full: { kbps: 44, onTheWire: 90 },
  thrifty: { kbps: 30, onTheWire: 60 },
  scant: { kbps: 13, onTheWire: 32 },
  original: { kbps: 107, onTheWire: 215 },
  originalToMany: { kbps: 75, onTheWire: 150 },
} as const;
/** Below this much in all, sound is sent with less, and still whole. */
const THRIFTY_BELOW_KBPS = 200;
const SCANT_BELOW_KBPS = 45;
/** Without a picture the estimate stays low, and says little: what carries the sound is enough. */
const ORIGINAL_FROM_KBPS = { withPicture: 400, alone: 240 } as const;
const MANY_LINKS = 5;

type SoundSituation = Pick<Situation, 'links' | 'originalSound'> & { readonly hasPicture: boolean };

/** `availableKbps`: what the link carries, as the browser estimates it; null: not known. */
function soundFor(
  { links, originalSound, hasPicture }: SoundSituation,
  availableKbps: number | null,
): (typeof SOUND)[keyof typeof SOUND] {
  if ((availableKbps ?? Infinity) < SCANT_BELOW_KBPS) return SOUND.scant;
  const enough = hasPicture ? ORIGINAL_FROM_KBPS.withPicture : ORIGINAL_FROM_KBPS.alone;
  if (originalSound && (availableKbps ?? Infinity) >= enough) {
    return links >= MANY_LINKS ? SOUND.originalToMany : SOUND.original;
  }
  return links >= MANY_LINKS || (availableKbps ?? Infinity) < THRIFTY_BELOW_KBPS ? SOUND.thrifty : SOUND.full;
}

/** The largest size for which this much is enough, once the sound has its part; -1: not even the smallest. */
export function rungFor(availableKbps: number, links: number, originalSound = false): number {
  const sound = soundFor({ links, originalSound, hasPicture: true }, availableKbps).onTheWire;
  return RUNGS.findLastIndex(({ needsKbps }) => needsKbps + sound <= availableKbps);
}

export interface Situation {
  readonly links: number;
  /** null: the other side has not told. */
  readonly view: View | null;
  /** What the camera gives; null: no camera is on. */
  readonly capture: View | null;
  /** The screen that is shared; null: none is. */
  readonly screen: SharedScreen | null;
  /** The largest size that the network carries, -1: none, and a picture is not sent. */
  readonly ceiling: number;
  readonly availableKbps: number | null;
  /** Whether the sound is music, to be sent as it is. */
  readonly originalSound: boolean;
  /** Where the picture is not sent: whether a trickle of it is all the same. */
  readonly trickles: boolean;
}

export function budgetFor(situation: Situation): SendBudget {
  const { links, view, capture, ceiling, availableKbps } = situation;
  const shared = LARGEST_BY_LINKS.find(({ upTo }) => links <= upTo);
  const alone = Math.min(shared?.rung ?? LARGEST, rungForView(view, capture));
  const useful = situation.screen === null ? alone : Math.min(alone, LARGEST_BESIDE_SCREEN);
  const isCrowded = situation.screen !== null && ceiling < SCREEN_FIRST_BELOW;
  const largest = isCrowded ? Math.min(ceiling, SMALLEST) : Math.min(ceiling, useful);
  const rung = rungAt(largest);
  const isUnseen = view !== null && (view.width === 0 || view.height === 0);
  const picture = {
    active: largest >= SMALLEST && !isUnseen,
    maxKbps: isCrowded
      ? RUNGS[SMALLEST].maxKbps
      : largest < useful
        ? pressed(largest, useful, situation)
        : rung.maxKbps,
    scaleDownBy: capture === null ? 1 : Math.max(1, shorter(capture) / rung.side),
    maxFramerate: Math.min(rung.framerate, shared?.framerate ?? rung.framerate),
  };
  return {
    soundKbps: soundFor(soundOf(situation), availableKbps).kbps,
    picture: situation.trickles ? trickle(capture) : picture,
    screen: screenBudget(situation),
    screenSoundKbps: isCrowded || links >= MANY_LINKS ? THRIFTY_SCREEN_SOUND_KBPS : SCREEN_SOUND_KBPS,
  };
}

function soundOf({ links, originalSound, capture, screen }: Situation): SoundSituation {
  return { links, originalSound, hasPicture: capture !== null || screen !== null };
}

function screenBudget(situation: Situation): PictureBudget {
  const { links, screen, capture, ceiling, availableKbps } = situation;
  const { kbps, framerate, smoothSide } = SCREEN_BY_LINKS.find(({ upTo }) => links <= upTo) ?? SCREEN_TO_MANY;
  const look = screen?.look ?? 'sharp';
  const isShort = ceiling < SCREEN_FIRST_BELOW && availableKbps !== null;
  const camera = capture === null || ceiling < SMALLEST ? 0 : RUNGS[SMALLEST].needsKbps;
  const left = isShort
    ? availableKbps - soundFor(soundOf(situation), availableKbps).onTheWire - camera
    : kbps;
  return {
    active: screen !== null && left >= LEAST_SCREEN_KBPS,
    maxKbps: Math.min(kbps, Math.max(left, LEAST_SCREEN_KBPS)),
    scaleDownBy: screen === null || look === 'sharp' ? 1 : Math.max(1, shorter(screen) / smoothSide),
    maxFramerate: framerate[look],
  };
}

/** One frame a second, each of one packet or two. */
function trickle(capture: View | null): PictureBudget {
  const scaleDownBy = capture === null ? 1 : Math.max(1, shorter(capture) / TRICKLE_SIDE);
  return { active: true, maxKbps: RUNGS[SMALLEST].needsKbps, scaleDownBy, maxFramerate: 1 };
}

function rungAt(index: number): Rung {
  return RUNGS[Math.max(SMALLEST, index)] ?? RUNGS[SMALLEST];
}

/** What a picture may take that is smaller than it should be. Chromium leaves out of its account that sound is
 *  sent twice: left to itself a picture takes that much too much, and both stand in a queue. */
function pressed(largest: number, useful: number, situation: Situation): number {
  const { availableKbps } = situation;
  const { maxKbps } = rungAt(Math.min(largest + HEADROOM, useful));
  if (largest <= SMALLEST || availableKbps === null) return maxKbps;
  return Math.min(
    maxKbps,
    Math.max(
      rungAt(largest).needsKbps,
      availableKbps - soundFor(soundOf(situation), availableKbps).onTheWire,
    ),
  );
}

/** The smallest size that fills the view; the picture covers it, whatever the shape of either. */
function rungForView(view: View | null, capture: View | null): number {
  if (capture === null) return LARGEST;
  const fraction =
    view === null ? 1 : Math.min(1, Math.max(view.width / capture.width, view.height / capture.height));
  const rung = RUNGS.findIndex(({ side }) => side * STRETCH >= shorter(capture) * fraction);
  return rung === -1 ? LARGEST : rung;
}

function shorter({ width, height }: View): number {
  return Math.min(width, height);
}
