import { describe, expect, test } from 'vitest';
import type { Cell, Stage } from './layout';
import { layOutScreens } from './screenLayout';

const safe = { top: 0, end: 0, bottom: 0, start: 0 };
const stage = (width: number, height: number): Stage => ({ width, height, safe, scale: 1 });

const STAGES = {
  laptop: stage(1280, 800),
  large: stage(2560, 1440),
  narrow: stage(760, 900),
  'standing phone': stage(390, 844),
  'lying phone': stage(844, 390),
};

function overlap(a: Cell, b: Cell): boolean {
  const apart =
    a.x + a.width <= b.x + 0.5 ||
    b.x + b.width <= a.x + 0.5 ||
    a.y + a.height <= b.y + 0.5 ||
    b.y + b.height <= a.y + 0.5;
  return !apart;
}

describe.each(Object.entries(STAGES))('on a %s', (_, on) => {
  test.each([
    [1, 1],
    [1, 3],
    [1, 7],
    [2, 4],
    [3, 2],
  ])('%i screens and %i others stand side by side within the stage', (screens, others) => {
    const layout = layOutScreens(on, screens, others);
    const cells = [...layout.screens, ...layout.others.filter((cell) => cell !== null), layout.own];
    expect(layout.screens).toHaveLength(screens);
    expect(layout.others).toHaveLength(others);
    for (const [at, cell] of cells.entries()) {
      expect(cell.width).toBeGreaterThan(40);
      expect(cell.height).toBeGreaterThan(40);
      expect(cell.x).toBeGreaterThanOrEqual(0);
      expect(cell.y).toBeGreaterThanOrEqual(0);
      expect(cell.x + cell.width).toBeLessThanOrEqual(on.width);
      expect(cell.y + cell.height).toBeLessThanOrEqual(on.height);
      for (const other of cells.slice(at + 1)) expect(overlap(cell, other)).toBe(false);
    }
  });

  test('one screen has most of the room', () => {
    const { screens, own } = layOutScreens(on, 1, 1);
    const [screen] = screens;
    expect((screen?.width ?? 0) * (screen?.height ?? 0)).toBeGreaterThan(3 * own.width * own.height);
  });
});

test('beside a screen stand four faces at most, oneself among them', () => {
  const { others } = layOutScreens(STAGES.laptop, 1, 7);
  expect(others.filter((cell) => cell !== null)).toHaveLength(3);
});
