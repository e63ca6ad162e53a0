import { describe, expect, test } from 'vitest';
import { LARGEST, RUNGS } from './rungs';
import { budgetFor, rungFor, type Situation } from './sendBudget';

const CAMERA = { width: 1280, height: 720 };
const FULL_SCREEN = { width: 1920, height: 1080 };

function budget(change: Partial<Situation>) {
  const situation = {
    links: 1,
    view: null,
    capture: CAMERA,
    screen: null,
    ceiling: LARGEST,
    availableKbps: 5_000,
    originalSound: false,
    trickles: false,
  };
  return budgetFor({ ...situation, ...change });
}

function picture(change: Partial<Situation>) {
  return budget(change).picture;
}

/** The shorter side that is sent of a 1280x720 camera. */
function sideOf(change: Partial<Situation>): number {
  return Math.round(CAMERA.height / picture(change).scaleDownBy);
}

describe('the size that is sent', () => {
  test.each([
    ['nobody has said how large', { view: null }, 720],
    ['the whole screen', { view: FULL_SCREEN }, 720],
    ['a window', { view: { width: 960, height: 540 } }, 540],
    ['a tile of five on a laptop', { view: { width: 420, height: 320 } }, 360],
    ['an upright tile, which a lying picture must fill', { view: { width: 200, height: 360 } }, 360],
    ['a thumbnail', { view: { width: 144, height: 128 } }, 120],
    ['three links', { links: 3 }, 720],
    ['four links', { links: 4 }, 540],
    ['seven links', { links: 7 }, 360],
    ['nine links', { links: 9 }, 270],
    ['a network that carries less', { ceiling: 1 }, 180],
    ['a small tile on a network that carries more', { ceiling: 3, view: { width: 144, height: 128 } }, 120],
  ])('%s', (_, change, side) => {
    expect(sideOf(change)).toBe(side);
  });

  test('a large camera is sent whole to one who shows it so', () => {
    const capture = { width: 1920, height: 1080 };
    expect(picture({ capture, view: FULL_SCREEN })).toMatchObject({ scaleDownBy: 1, maxKbps: 2_500 });
  });

  test('a phone held upright is measured by its shorter side', () => {
    const capture = { width: 720, height: 1280 };
    expect(picture({ capture, view: { width: 360, height: 640 } }).scaleDownBy).toBe(2);
  });

  test('a small camera is never enlarged', () => {
    expect(picture({ capture: { width: 320, height: 240 }, view: FULL_SCREEN }).scaleDownBy).toBe(1);
  });
});

test('one who is not shown gets nothing, and what the network does not carry is not sent', () => {
  expect(picture({ view: { width: 0, height: 0 } }).active).toBe(false);
  expect(picture({ ceiling: -1 }).active).toBe(false);
  expect(picture({ ceiling: 0 }).active).toBe(true);
});

test('many links send fewer frames', () => {
  expect([1, 4, 6, 9].map((links) => picture({ links }).maxFramerate)).toEqual([30, 24, 20, 15]);
});

test('a small picture may look for more than it needs, and never for more than is of use', () => {
  expect(picture({ ceiling: 0 }).maxKbps).toBe(RUNGS[2].maxKbps);
  expect(picture({ ceiling: 0, view: { width: 144, height: 128 } }).maxKbps).toBe(RUNGS[0].maxKbps);
});

test('in a shortage a picture takes what the sound leaves, and never less than its size needs', () => {
  const maxKbps = (availableKbps: number, ceiling = 2) => picture({ ceiling, availableKbps }).maxKbps;
  expect(maxKbps(250)).toBe(160);
  expect(maxKbps(150)).toBe(RUNGS[2].needsKbps);
  expect(maxKbps(3_000)).toBe(RUNGS[4].maxKbps);
  expect(maxKbps(3_000, LARGEST)).toBe(RUNGS[5].maxKbps);
});

test('a trickle is one tiny frame a second', () => {
  const { active, maxFramerate } = picture({ ceiling: -1, trickles: true });
  expect(active).toBe(true);
  expect(maxFramerate).toBe(1);
  expect(sideOf({ ceiling: -1, trickles: true })).toBe(45);
  expect(picture({ ceiling: -1, trickles: true, capture: null }).scaleDownBy).toBe(1);
});

test('sound is sent with less where there is little, and for many', () => {
  const sound = (change: Partial<Situation>) => budget({ availableKbps: null, ...change }).soundKbps;
  expect(sound({ availableKbps: 150 })).toBeLessThan(sound({ availableKbps: 400 }));
  expect(sound({ availableKbps: 30 })).toBeLessThan(sound({ availableKbps: 150 }));
  expect(sound({ links: 5 })).toBeLessThan(sound({ links: 4 }));
  expect(sound({ availableKbps: null })).toBe(sound({ availableKbps: 400 }));
});

test('the sizes need more from one to the next, and never more than they may take', () => {
  for (const [at, rung] of RUNGS.entries()) {
    expect(rung.needsKbps).toBeLessThan(rung.maxKbps);
    expect(rung.needsKbps).toBeGreaterThan(RUNGS[at - 1]?.needsKbps ?? 0);
  }
});

test.each([
  [60, -1],
  [110, 0],
  [150, 1],
  [300, 2],
  [700, 4],
  [3_000, 6],
])('%i kbit/s carry size %i', (available, rung) => {
  expect(rungFor(available, 1)).toBe(rung);
});

describe('a shared screen', () => {
  const SCREEN = { width: 2560, height: 1440, look: 'sharp' } as const;
  const screen = (change: Partial<Situation> = {}) => budget({ screen: SCREEN, ...change }).screen;

  test('is not sent where there is none', () => {
    expect(screen({ screen: null }).active).toBe(false);
    expect(screen().active).toBe(true);
  });

  test('is sent whole in few frames, or as film', () => {
    expect(screen()).toMatchObject({ scaleDownBy: 1, maxFramerate: 10 });
    const film = screen({ screen: { ...SCREEN, look: 'smooth' } });
    expect(film.maxFramerate).toBe(30);
    expect(film.scaleDownBy).toBeCloseTo(1440 / 1080);
    expect(screen({ screen: { width: 640, height: 480, look: 'smooth' } }).scaleDownBy).toBe(1);
  });

  test('takes less for each of many links', () => {
    const links = [1, 3, 5, 9];
    expect(links.map((n) => screen({ links: n }).maxKbps)).toEqual([3_000, 2_000, 1_300, 800]);
    expect(links.map((n) => screen({ links: n }).maxFramerate)).toEqual([10, 8, 5, 4]);
  });

  test('makes the own picture small', () => {
    expect(budget({ screen: SCREEN }).picture.maxKbps).toBe(RUNGS[2].maxKbps);
  });

  test('goes before the own picture where there is little room, and after the sound', () => {
    const crowded = budget({ screen: SCREEN, ceiling: 1, availableKbps: 180 });
    expect(crowded.picture).toMatchObject({ active: true, maxKbps: RUNGS[0].maxKbps });
    expect(crowded.screen).toMatchObject({ active: true, scaleDownBy: 1 });
    expect(crowded.screen.maxKbps).toBe(180 - 60 - RUNGS[0].needsKbps);
    expect(crowded.screenSoundKbps).toBeLessThan(budget({ screen: SCREEN }).screenSoundKbps);
  });

  test('is not sent where it would take what the sound needs', () => {
    expect(screen({ ceiling: -1, availableKbps: 70 }).active).toBe(false);
    expect(screen({ ceiling: -1, availableKbps: 130 }).active).toBe(true);
  });
});

describe('original sound', () => {
  test.each([
    ['plenty', {}, 107],
    ['nothing known', { availableKbps: null }, 107],
    ['many links', { links: 6 }, 75],
    ['too little beside a picture', { availableKbps: 390 }, 44],
    ['enough without a picture', { availableKbps: 300, capture: null }, 107],
    ['too little even so', { availableKbps: 230, capture: null }, 44],
    ['little', { availableKbps: 150 }, 30],
    ['hardly anything', { availableKbps: 40 }, 13],
  ])('%s', (_, change, kbps) => {
    expect(budget({ originalSound: true, ...change }).soundKbps).toBe(kbps);
  });

  test('a picture leaves room for it', () => {
    expect(rungFor(620, 1)).toBe(4);
    expect(rungFor(620, 1, true)).toBe(3);
    // Where there is little, there is no original sound to leave room for.
    expect(rungFor(300, 1, true)).toBe(rungFor(300, 1));
  });
});
