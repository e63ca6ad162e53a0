import { expect, test } from 'vitest';
import { moved, WHOLE, zoomed } from './zoom';

test('one looks closer, and no closer than is of use', () => {
  expect(zoomed(WHOLE, 2)).toEqual({ scale: 2, x: 0, y: 0 });
  expect(zoomed(WHOLE, 100).scale).toBe(6);
  expect(zoomed(zoomed(WHOLE, 2), 0.1)).toEqual(WHOLE);
});

test('what one points at stays where it is', () => {
  const point = { x: 0.4, y: -0.2 };
  const before = zoomed(WHOLE, 1.5, point);
  const after = zoomed(before, 2, point);
  const shownAt = (zoom: typeof before) => (point.x - zoom.x) / zoom.scale;
  expect(shownAt(after)).toBeCloseTo(shownAt(before));
});

test('one does not look beyond an edge', () => {
  expect(moved(WHOLE, 1, 1)).toEqual(WHOLE);
  expect(moved(zoomed(WHOLE, 3), 9, -9)).toEqual({ scale: 3, x: 1, y: -1 });
});
