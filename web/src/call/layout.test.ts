import { describe, expect, it } from 'vitest';
import {
  cornerAt,
  fitOf,
  floating,
  LYING,
  prevailingRatio,
  SMALLEST_TILE,
  standIn,
  type Cell,
  type Stage,
} from './layout';
import { place, type Placement } from './scene';

const STANDING = 3 / 4;
const sizes: readonly (readonly [number, number])[] = [
  [320, 568],
  [360, 740],
  [390, 844],
  [667, 375],
  [740, 360],
  [844, 390],
  [768, 1024],
  [820, 820],
  [1024, 768],
  [1280, 800],
  [1366, 768],
  [1920, 1080],
  [2560, 1440],
  [3440, 1440],
  [3840, 2160],
];

function stage(width: number, height: number, change: Partial<Stage> = {}): Stage {
  return { width, height, scale: 1, safe: { top: 0, end: 0, bottom: 0, start: 0 }, ...change };
}

type Layout = Omit<Placement, 'cells' | 'own' | 'more'> & {
  readonly others: readonly Cell[];
  readonly own: Cell;
  readonly more: Cell | null;
};

/** As it is without a choice of one's own, and with nothing shared. */
function layOut(within: Stage, count: number, picture?: number): Layout {
  const people = Array.from({ length: count }, (_, index) => `p${index}`);
  const placement = place(
    within,
    {
      people,
      screens: [],
      view: 'auto',
      pinned: null,
      speakers: [],
      page: 0,
      corner: 'bottom end',
      isOwnHidden: false,
    },
    picture,
  );
  if (placement.own === null) throw new Error('nobody hid the own picture');
  return {
    ...placement,
    others: [...placement.cells.values()],
    own: placement.own,
    more: placement.more?.cell ?? null,
  };
}

function gridCells({ others, own, more }: Layout): Cell[] {
  return more === null ? [...others, own] : [...others, more, own];
}

function overlap(a: Cell, b: Cell): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Widths of the rows as counts: [3, 2] for five tiles over two rows. */
function rowsOf(layout: Layout): number[] {
  const rows = new Map<number, number>();
  for (const { y } of gridCells(layout)) rows.set(y, (rows.get(y) ?? 0) + 1);
  return [...rows.values()];
}

/** What must hold for everybody, everywhere. */
function check(layout: Layout, within: Stage, count: number): void {
  const cells = gridCells(layout);
  for (const [index, cell] of cells.entries()) {
    expect(cell.x).toBeGreaterThanOrEqual(0);
    expect(cell.y).toBeGreaterThanOrEqual(0);
    expect(cell.x + cell.width).toBeLessThanOrEqual(within.width);
    expect(cell.y + cell.height).toBeLessThanOrEqual(within.height);
    expect(cell.width).toBeGreaterThan(0);
    expect(cell.height).toBeGreaterThan(0);
    const next = cells[index + 1];
    if (next !== undefined) {
      expect(next.y > cell.y || (next.y === cell.y && next.x > cell.x), 'in reading order').toBe(true);
    }
    for (const other of cells.slice(index + 1)) expect(overlap(cell, other)).toBe(false);
  }
  if (layout.more === null) expect(layout.others).toHaveLength(count - 1);
  else expect(layout.others.length).toBeLessThan(count - 2);
}

describe('layOut', () => {
  it('shows oneself on the whole stage when alone', () => {
    const { arrangement, own, others } = layOut(stage(1280, 800), 0);
    expect(arrangement).toBe('alone');
    expect(own).toEqual({ x: 0, y: 0, width: 1280, height: 800 });
    expect(others).toEqual([]);
  });

  it.each(sizes)('lets the own picture float over the other in a call of two at %i x %i', (width, height) => {
    const { arrangement, own, others } = layOut(stage(width, height), 1);
    expect(arrangement).toBe('pair');
    expect(others).toEqual([{ x: 0, y: 0, width, height }]);
    expect(own.x).toBeGreaterThan(width / 2);
    expect(own.x + own.width).toBeLessThan(width);
    expect(own.y + own.height).toBeLessThan(height);
  });

  it('puts the floating picture beside the bar where there is room, else above it', () => {
    expect(layOut(stage(1280, 800), 1).own).toEqual({ x: 1046, y: 648, width: 218, height: 136 });
    expect(layOut(stage(1000, 800), 1).own).toMatchObject({ width: 176, height: 110, y: 800 - 104 - 110 });
    expect(layOut(stage(390, 844), 1).own).toMatchObject({ width: 104, x: 390 - 12 - 104 });
  });

  for (const picture of [LYING, STANDING]) {
    for (const [width, height] of sizes) {
      for (let count = 3; count <= 14; count += 1) {
        it(`places ${count} at ${width} x ${height}, pictures of ${picture.toFixed(2)}`, () => {
          const within = stage(width, height, { scale: width >= 1920 ? 1.1875 : 1 });
          const layout = layOut(within, count - 1, picture);
          expect(layout.arrangement).toBe('grid');
          check(layout, within, count);
          if (gridCells(layout).length > 3) {
            for (const cell of gridCells(layout)) {
              expect(cell.width).toBeGreaterThanOrEqual(SMALLEST_TILE.width);
              expect(cell.height).toBeGreaterThanOrEqual(SMALLEST_TILE.height);
            }
          }
        });
      }
    }
  }

  it('stays right in windows that are far too small', () => {
    for (let count = 3; count <= 9; count += 1)
      check(layOut(stage(200, 260), count - 1), stage(200, 260), count);
  });

  it('keeps clear of the edges that the screen takes', () => {
    const safe = { top: 47, end: 0, bottom: 34, start: 0 };
    const cells = gridCells(layOut(stage(390, 844, { safe }), 3));
    expect(Math.min(...cells.map(({ y }) => y))).toBeGreaterThanOrEqual(52 + 47);
    expect(Math.max(...cells.map(({ y, height }) => y + height))).toBeLessThanOrEqual(844 - 88 - 34);
  });

  // The design's table, with pictures that fill its cells.
  it.each([
    [4, 4 / 3, [2, 2]],
    [5, 4 / 3, [3, 2]],
    [6, 4 / 3, [3, 3]],
    [7, 4 / 3, [4, 3]],
    [8, 4 / 3, [4, 4]],
    [9, STANDING, [5, 4]],
  ])('follows the table on a wide stage: %i, pictures of %f', (count, picture, rows) => {
    expect(rowsOf(layOut(stage(1280, 800), count - 1, picture))).toEqual(rows);
  });

  it.each([
    [3, LYING, [1, 1, 1]],
    [4, STANDING, [2, 2]],
    [5, STANDING, [2, 2, 1]],
    [6, STANDING, [2, 2, 2]],
    [7, STANDING, [2, 2, 2, 1]],
    [8, STANDING, [2, 2, 2, 2]],
  ])('follows the table on a phone: %i, pictures of %f', (count, picture, rows) => {
    const layout = layOut(stage(390, 844), count - 1, picture);
    expect(rowsOf(layout)).toEqual(rows);
    // The one that is left over in the last row of two spans it.
    if (rows.at(-1) === 1) expect(layout.own.width).toBe(374);
  });

  it.each([
    [3, 4 / 3, [2, 1]],
    [4, 4 / 3, [2, 2]],
    [5, 4 / 3, [2, 2, 1]],
    [6, STANDING, [3, 3]],
    [7, STANDING, [3, 3, 1]],
    [8, STANDING, [3, 3, 2]],
    [9, STANDING, [3, 3, 3]],
  ])('follows the table between the two: %i, pictures of %f', (count, picture, rows) => {
    expect(rowsOf(layOut(stage(820, 950), count - 1, picture))).toEqual(rows);
  });

  // Where pictures would stand whole in cells of another shape, the columns that show most of them.
  it.each([
    [3, [2, 1]],
    [4, [2, 2]],
    [5, [3, 2]],
    [6, [3, 3]],
    [7, [3, 3, 1]],
    [8, [3, 3, 2]],
    [9, [3, 3, 3]],
  ])('fills the cells of a wide stage with pictures that lie: %i', (count, rows) => {
    const layout = layOut(stage(1280, 800), count - 1, LYING);
    expect(rowsOf(layout)).toEqual(rows);
    for (const cell of gridCells(layout)) expect(fitOf(cell, { width: 1280, height: 720 })).toBe('cover');
  });

  it('keeps all cells alike and centres the last row', () => {
    const cells = gridCells(layOut(stage(1280, 800), 4));
    expect(new Set(cells.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
    const last = cells.slice(3);
    const middle = ((last[0]?.x ?? 0) + (last[1]?.x ?? 0) + (last[1]?.width ?? 0)) / 2;
    expect(Math.abs(middle - 640)).toBeLessThanOrEqual(1);
  });

  it('says how many are not shown where tiles would be too small', () => {
    const layout = layOut(stage(667, 375), 11);
    expect(layout.more).not.toBeNull();
    check(layout, stage(667, 375), 12);
  });
});

describe('the corners', () => {
  it.each([
    [10, 10, 'top start'],
    [1270, 10, 'top end'],
    [10, 790, 'bottom start'],
    [1270, 790, 'bottom end'],
  ])('%i, %i is nearest to %s', (x, y, corner) => {
    expect(cornerAt({ width: 1280, height: 800 }, x, y)).toBe(corner);
  });
});

describe('fitOf', () => {
  it('fills the cell unless that cuts more than 35 %', () => {
    const picture = { width: 1280, height: 720 };
    expect(fitOf({ width: 400, height: 300 }, picture)).toBe('cover');
    expect(fitOf({ width: 300, height: 300 }, picture)).toBe('contain');
    expect(fitOf({ width: 900, height: 300 }, picture)).toBe('contain');
  });

  it('fills while the size of the picture is not known', () => {
    expect(fitOf({ width: 100, height: 400 }, { width: 0, height: 0 })).toBe('cover');
  });
});

describe('standIn', () => {
  const lying = { width: 1280, height: 720 };

  it('cuts the sides of a lying picture as far as they may be, in a cell that is too narrow for it', () => {
    const { fit, height } = standIn({ width: 160, height: 190 }, lying);
    expect(fit).toBe('cover');
    expect(height).toBeCloseTo(160 / ((16 / 9) * 0.65) / 190);
  });

  it('leaves no band that is only a line', () => {
    expect(standIn({ width: 920, height: 800 }, lying)).toEqual({ fit: 'cover', height: 1 });
  });

  it('fills where that cuts little, and shows whole what stands: nobody loses their head', () => {
    expect(standIn({ width: 400, height: 300 }, lying)).toEqual({ fit: 'cover', height: 1 });
    expect(standIn({ width: 900, height: 300 }, lying)).toEqual({ fit: 'contain', height: 1 });
    const standing = { width: 720, height: 1280 };
    expect(standIn({ width: 400, height: 300 }, standing)).toEqual({ fit: 'contain', height: 1 });
  });
});

describe('the floating picture', () => {
  it('stands where the camera does', () => {
    const { width, height, x, y } = floating(stage(768, 1024), 'bottom end', STANDING);
    expect(width / height).toBeCloseTo(STANDING, 1);
    expect(x + width).toBe(768 - 16);
    expect(y + height).toBe(1024 - 104);
  });
});

describe('prevailingRatio', () => {
  it('is that of the picture in the middle', () => {
    expect(prevailingRatio([])).toBe(LYING);
    expect(prevailingRatio([0.75, LYING])).toBe(LYING);
    expect(prevailingRatio([LYING, 0.5625, STANDING])).toBe(STANDING);
  });
});
