/** Where everybody stands while screens are shared: the screens whole, faces beside or below them. Pure geometry,
 *  as in layout.ts. */
import { frameOf, shapeOf, SMALLEST_TILE, type Cell, type Size, type Stage } from './layout';

export interface ScreenLayout {
  readonly screens: readonly Cell[];
  /** Of the others, in the order given; null: there is no room. */
  readonly others: readonly (Cell | null)[];
  readonly own: Cell;
}

const STRIP = { share: 0.17, least: 168, most: 300 };
/** Faces beside a screen; below it, two columns of two. */
const MOST_FACES = 4;
const LYING = 16 / 9;

/** `others`: how many besides oneself. */
export function layOutScreens(stage: Stage, screens: number, others: number): ScreenLayout {
  const { area, gap } = frameOf(stage);
  const faces = Math.min(others + 1, MOST_FACES);
  return shapeOf(stage) === 'standing phone'
    ? below(area, gap, screens, others, faces)
    : beside(area, gap, screens, others, faces);
}

/** Faces in a strip at the end, one below the other, oneself last. */
function beside(area: Cell, gap: number, screens: number, others: number, most: number): ScreenLayout {
  const width = Math.round(Math.min(STRIP.most, Math.max(STRIP.least, area.width * STRIP.share)));
  const fits = Math.max(2, Math.floor((area.height + gap) / (SMALLEST_TILE.height * 0.75 + gap)));
  const faces = Math.min(most, fits);
  const height = Math.min((area.height - (faces - 1) * gap) / faces, width * 0.75);
  const whole = faces * height + (faces - 1) * gap;
  const cells = Array.from({ length: faces }, (_, place): Cell => ({
    x: area.x + area.width - width,
    y: area.y + (area.height - whole) / 2 + place * (height + gap),
    width,
    height,
  }));
  const room = { ...area, width: area.width - width - gap };
  return { screens: stack(room, gap, screens), ...seats(cells, others) };
}

/** Screens on top, faces in two columns below. */
function below(area: Cell, gap: number, screens: number, others: number, faces: number): ScreenLayout {
  const rows = Math.ceil(faces / 2);
  const width = (area.width - gap) / 2;
  const height = Math.min(width * 0.75, (area.height * 0.45 - (rows - 1) * gap) / rows);
  const used = rows * height + rows * gap;
  const top = { ...area, height: area.height - used };
  const cells = Array.from({ length: faces }, (_, place): Cell => ({
    x: area.x + (place % 2) * (width + gap),
    y: area.y + area.height - used + gap + Math.floor(place / 2) * (height + gap),
    width,
    height,
  }));
  return { screens: stack(top, gap, screens), ...seats(cells, others) };
}

/** Oneself has the last place, the others those before it. */
function seats(cells: readonly Cell[], others: number): Pick<ScreenLayout, 'others' | 'own'> {
  const own = cells.at(-1) ?? { x: 0, y: 0, width: 0, height: 0 };
  const taken = cells.slice(0, -1);
  return { own, others: Array.from({ length: others }, (_, place) => taken[place] ?? null) };
}

/** Several screens so that they are largest, all alike. */
function stack(room: Cell, gap: number, count: number): readonly Cell[] {
  const inColumns = (columns: number) => {
    const rows = Math.ceil(count / columns);
    const width = (room.width - (columns - 1) * gap) / columns;
    const height = (room.height - (rows - 1) * gap) / rows;
    return { columns, width, height, shown: shownArea({ width, height }) };
  };
  const choices = Array.from({ length: count }, (_, more) => inColumns(more + 1));
  const best = choices.toSorted((a, b) => b.shown - a.shown)[0] ?? inColumns(1);
  return Array.from({ length: count }, (_, place): Cell => ({
    x: room.x + (place % best.columns) * (best.width + gap),
    y: room.y + Math.floor(place / best.columns) * (best.height + gap),
    width: best.width,
    height: best.height,
  }));
}

function shownArea({ width, height }: Size): number {
  const shown = Math.min(width, height * LYING);
  return shown * (shown / LYING);
}
