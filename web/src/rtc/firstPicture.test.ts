import { expect, test } from 'vitest';
import { firstScale } from './firstPicture';

test.each([
  [1920, 1080, 6],
  [1280, 720, 4],
  [720, 1280, 4],
  [640, 480, 2],
  [320, 240, 1],
])('%i x %i is scaled down by %i', (width, height, scale) => {
  expect(firstScale({ getSettings: () => ({ width, height }) })).toBe(scale);
});

test('without a picture there is nothing to scale', () => {
  expect(firstScale(null)).toBe(1);
  expect(firstScale({ getSettings: () => ({}) })).toBe(1);
});
