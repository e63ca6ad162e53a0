import { expect, test } from 'vitest';
import { constraintsFor, nextDetail, USUAL, type Detail, type DetailReading } from './cameraDetail';
import { LARGEST } from './rungs';

const GOOD: DetailReading = {
  links: 1,
  view: { width: 1920, height: 1080 },
  ceiling: LARGEST,
  availableKbps: 4_000,
  isSharing: false,
};

function after(readings: readonly Partial<DetailReading>[], from: Detail = USUAL): string {
  return readings.reduce((detail: Detail, change) => nextDetail(detail, { ...GOOD, ...change }), from).name;
}

test('a camera is captured large once it is sure to be of use', () => {
  expect(after([{}, {}])).toBe('usual');
  expect(after([{}, {}, {}])).toBe('large');
  expect(after([{}, {}, { availableKbps: 800 }, {}, {}])).toBe('usual');
});

test.each([
  ['three are in the call', { links: 2 }],
  ['it is shown small', { view: { width: 1280, height: 720 } }],
  ['nobody has said how large it is shown', { view: null }],
  ['a screen is shared', { isSharing: true }],
  ['the network carries less', { ceiling: LARGEST - 1 }],
  ['the browser does not say what the network carries', { availableKbps: null }],
])('not where %s', (_, change) => {
  expect(after([change, change, change, change])).toBe('usual');
});

test('it is captured as usual again: at once where it is of no use, else after two readings', () => {
  const large: Detail = { name: 'large', bad: 0 };
  expect(after([{ links: 2 }], large)).toBe('usual');
  expect(after([{ availableKbps: 900 }], large)).toBe('large');
  expect(after([{ availableKbps: 900 }, { availableKbps: 900 }], large)).toBe('usual');
});

test('what is asked of the camera', () => {
  expect(constraintsFor({ name: 'large', bad: 0 }).height).toEqual({ ideal: 1080 });
  expect(constraintsFor(USUAL).height).toEqual({ ideal: 720 });
});
