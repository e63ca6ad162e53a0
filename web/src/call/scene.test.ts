import { describe, expect, it } from 'vitest';
import type { Cell, Stage } from './layout';
import { pictureTile, place, screenTile, type Placement, type Scene } from './scene';

const wide: Stage = { width: 1280, height: 800, scale: 1, safe: { top: 0, end: 0, bottom: 0, start: 0 } };
const standing: Stage = { ...wide, width: 390, height: 844 };
const lying: Stage = { ...wide, width: 844, height: 390 };
const stages = { wide, standing, lying };

function scene(count: number, change: Partial<Scene> = {}): Scene {
  return {
    people: Array.from({ length: count }, (_, index) => `p${index}`),
    screens: [],
    view: 'auto',
    pinned: null,
    speakers: [],
    page: 0,
    corner: 'bottom end',
    isOwnHidden: false,
    ...change,
  };
}

function shown(placement: Placement): string[] {
  return [...placement.cells.keys()];
}

function overlap(a: Cell, b: Cell): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Nothing lies over anything else, or out of the stage. */
function check({ cells, own, more }: Placement, stage: Stage): void {
  const all = [...cells.values(), ...(own === null ? [] : [own]), ...(more === null ? [] : [more.cell])];
  for (const [index, cell] of all.entries()) {
    expect(cell.width).toBeGreaterThan(0);
    expect(cell.height).toBeGreaterThan(0);
    expect(cell.x).toBeGreaterThanOrEqual(0);
    expect(cell.y).toBeGreaterThanOrEqual(0);
    expect(cell.x + cell.width).toBeLessThanOrEqual(stage.width);
    expect(cell.y + cell.height).toBeLessThanOrEqual(stage.height);
    for (const other of all.slice(index + 1)) expect(overlap(cell, other)).toBe(false);
  }
}

describe('what a panel leaves of a phone', () => {
  const sliver: Stage = { ...wide, width: 390, height: 300 };

  it('shows who speaks, and nobody else', () => {
    const placement = place(sliver, scene(4, { speakers: ['p2', 'p0'] }));
    expect(shown(placement)).toEqual([pictureTile('p2')]);
    expect(placement.own).toBeNull();
    expect(placement.arrangement).toBe('spotlight');
  });

  it('shows what is shared, clear of the controls', () => {
    const { cells } = place(sliver, scene(2, { screens: ['p1'] }));
    const cell = cells.get(screenTile('p1'));
    expect((cell?.y ?? 0) + (cell?.height ?? 0)).toBeLessThanOrEqual(300 - 72);
  });
});

describe('without a choice', () => {
  it.each([
    [0, [], 'alone'],
    [1, [], 'pair'],
    [2, [], 'grid'],
    [1, ['p0'], 'focus'],
    [4, ['p2'], 'focus'],
  ])('%i others who share %j make: %s', (count, screens, arrangement) => {
    expect(place(wide, scene(count, { screens })).arrangement).toBe(arrangement);
  });

  it('makes a shared screen large, the first of several', () => {
    const { main, cells } = place(wide, scene(3, { screens: ['p1', 'p2'] }));
    expect(main).toBe(screenTile('p1'));
    expect([...cells.keys()]).toContain(screenTile('p2'));
  });

  it('keeps every shared screen in sight, whoever speaks', () => {
    const speakers = ['p3', 'p4', 'p5', 'p6'];
    for (const stage of Object.values(stages)) {
      const { cells } = place(stage, scene(7, { screens: ['p1', 'p2'], pinned: screenTile('p2'), speakers }));
      expect([...cells.keys()]).toContain(screenTile('p1'));
    }
  });
});

describe('a choice', () => {
  it('pins somebody large, until they are gone', () => {
    expect(place(wide, scene(3, { pinned: 'p2' })).main).toBe('p2');
    expect(place(wide, scene(3, { pinned: 'p2', screens: ['p0'] })).main).toBe('p2');
    expect(place(wide, scene(3, { pinned: 'p9' })).arrangement).toBe('grid');
  });

  it('makes the speaker large, and one who is not here any more does not count', () => {
    expect(place(wide, scene(3, { view: 'speaker', speakers: ['p1'] })).main).toBe('p1');
    expect(place(wide, scene(3, { view: 'speaker', speakers: ['p9', 'p2'] })).main).toBe('p2');
    expect(place(wide, scene(3, { view: 'speaker' })).main).toBe('p0');
  });

  it('shows one alone in the spotlight, and oneself floating', () => {
    const placement = place(wide, scene(3, { view: 'spotlight', speakers: ['p1'] }));
    expect(shown(placement)).toEqual(['p1']);
    expect(placement.own?.width).toBe(218);
  });

  it('puts all in a grid, screens first, and two side by side', () => {
    const all = place(wide, scene(2, { view: 'grid', screens: ['p1'] }));
    expect(shown(all)).toEqual([screenTile('p1'), 'p0', 'p1']);
    const two = place(wide, scene(1, { view: 'grid' }));
    expect(two.own?.y).toBe(two.cells.get('p0')?.y);
    expect(two.own?.width).toBe(two.cells.get('p0')?.width);
  });

  it.each(['bottom end', 'bottom start', 'top end', 'top start'] as const)('floats at the %s', (corner) => {
    for (const stage of Object.values(stages)) {
      const { own } = place(stage, scene(1, { corner }));
      expect(own).not.toBeNull();
      if (own === null) return;
      const isAt = { top: own.y < stage.height / 3, start: own.x < stage.width / 3 };
      expect(isAt).toEqual({ top: corner.startsWith('top'), start: corner.endsWith('start') });
    }
  });

  it('gives the place of a hidden own picture to the others', () => {
    expect(place(wide, scene(1, { isOwnHidden: true })).own).toBeNull();
    const { own, cells } = place(wide, scene(4, { isOwnHidden: true }));
    expect(own).toBeNull();
    expect(cells.size).toBe(4);
  });
});

describe('places', () => {
  it('stay while others speak', () => {
    for (const [name, stage] of Object.entries(stages)) {
      const before = place(stage, scene(6, { screens: ['p0'] }));
      const after = place(
        stage,
        scene(6, { screens: ['p0'], speakers: [before.cells.has('p1') ? 'p1' : 'p2'] }),
      );
      expect([...after.cells], name).toEqual([...before.cells]);
    }
  });

  it('go to those who speak where not all have room, in the order of entering', () => {
    const placement = place(wide, scene(9, { screens: ['p0'], speakers: ['p8', 'p7'] }));
    expect(shown(placement).slice(1)).toEqual(['p7', 'p8']);
    expect(placement.more?.count).toBe(7);
  });

  it.each(Object.entries(stages))('are on one page or another, on a %s stage', (_, stage) => {
    for (const change of [{}, { screens: ['p3'] }, { view: 'speaker' as const, speakers: ['p5'] }]) {
      const all = scene(20, change);
      const seen = new Set<string>();
      for (let page = 0; page < 30; page += 1)
        for (const key of shown(place(stage, { ...all, page }))) seen.add(key);
      for (const id of all.people) expect(seen).toContain(pictureTile(id));
    }
  });

  it.each(Object.entries(stages))('are of one size on every page, on a %s stage', (_, stage) => {
    for (const change of [{}, { screens: ['p3'] }]) {
      const [first, ...others] = [0, 1, 2, 3, 4].map((page) => place(stage, scene(11, { ...change, page })));
      for (const { more, own } of others) expect([more, own]).toEqual([first?.more, first?.own]);
    }
  });

  it.each(Object.entries(stages))('never lie over each other, on a %s stage', (_, stage) => {
    for (let count = 1; count <= 12; count += 1) {
      for (const screens of [[], ['p0'], ['p0', 'p1']].filter((list) => list.length <= count)) {
        for (const view of ['auto', 'grid', 'speaker'] as const) {
          for (const isOwnHidden of [false, true]) {
            const placement = place(stage, scene(count, { screens, view, isOwnHidden, speakers: ['p1'] }));
            if (placement.arrangement !== 'pair') check(placement, stage);
          }
        }
      }
    }
  });

  it('show screens whole: beside them, not under the chrome', () => {
    const { cells } = place(wide, scene(3, { screens: ['p0'] }));
    const screen = cells.get(screenTile('p0'));
    expect(screen).toMatchObject({ x: 12, y: 56 });
    expect(screen?.width).toBeGreaterThan(1000);
  });
});
