/** The shapes in which tiles can stand on the stage: pure geometry, in px from the stage's top and inline start.
 *  Who stands where is said in `scene.ts`.
 *
 *  The columns are those of the design's table while pictures fill its cells. Where they would stand between two
 *  empty bands in cells of another shape, the columns that show most of them are taken: three who sit before laptops
 *  stand as 2 + 1, and not upright side by side.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Cell extends Size {
  readonly x: number;
  readonly y: number;
}

/** What the screen's edges take: rounded corners, a camera hole, a home bar. */
export interface Insets {
  readonly top: number;
  readonly end: number;
  readonly bottom: number;
  readonly start: number;
}

export interface Stage extends Size {
  readonly safe: Insets;
  /** The text's size, 1 = 16 px: the chrome grows with it. */
  readonly scale: number;
}

/** Where the own picture floats in a call of two. */
export type Corner = 'bottom end' | 'bottom start' | 'top end' | 'top start';

/** One large tile, and the others in a strip beside or below it. */
export interface Focus {
  readonly main: Cell;
  /** As many as fit. */
  readonly strip: readonly Cell[];
}

export const SMALLEST_TILE: Size = { width: 144, height: 128 };
/** A picture that lies, as cameras of computers make it. */
export const LYING = 16 / 9;
/** Filling a cell may cut this much of a picture; beyond it, the picture is shown whole. */
const LARGEST_CUT = 0.35;
/** Above and below a picture together, as a share of its cell's height. */
const NARROWEST_BAND = 0.04;
const WIDEST_USEFUL = 16 / 9;
const TALLEST_USEFUL = 3 / 4;

/** The share of a picture that is lost where it fills a cell; ratios are width / height. */
function cut(cell: number, picture: number): number {
  return 1 - Math.min(cell / picture, picture / cell);
}

/** How a picture stands in its cell. */
export function fitOf(cell: Size, picture: Size): 'cover' | 'contain' {
  if (picture.width === 0 || picture.height === 0 || cell.height === 0) return 'cover';
  return cut(cell.width / cell.height, picture.width / picture.height) > LARGEST_CUT ? 'contain' : 'cover';
}

/** How a picture stands in its cell, and how much of the cell's height it takes. One that lies, and would not fill the
 *  cell, is cut at its sides as far as may be; one that stands is whole: nobody loses their head. */
export function standIn(
  cell: Size,
  picture: Size,
): { readonly fit: 'cover' | 'contain'; readonly height: number } {
  const fit = fitOf(cell, picture);
  const ratio = picture.width / picture.height;
  if (fit === 'cover' || ratio <= cell.width / cell.height) return { fit, height: 1 };
  const height = cell.width / (ratio * (1 - LARGEST_CUT)) / cell.height;
  // A band of a few px would look like a fault.
  return { fit: 'cover', height: height > 1 - NARROWEST_BAND ? 1 : height };
}

/** The shape of most pictures: the one in the middle, of two the wider. */
export function prevailingRatio(ratios: readonly number[]): number {
  return ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? LYING;
}

/** `count` tiles, or as many of them as keep to the smallest size. `picture`: width / height of most of the
 *  pictures. */
export function gridOf(stage: Stage, count: number, picture: number = LYING): readonly Cell[] {
  const { area, gap } = frameOf(stage);
  return grid(howManyFit(count, area, gap, picture), area, gap, picture);
}

/** `count` tiles in the strip, or as many as fit, at least one. `ratio`: width / height of what is large. */
export function focusOn(stage: Stage, count: number, ratio: number): Focus {
  const { area, gap } = frameOf(stage);
  if (count === 0) return { main: area, strip: [] };
  return shapeOf(stage) === 'standing phone' || shapeOf(stage) === 'sliver'
    ? stripBelow(area, gap, count, ratio)
    : stripBeside(area, gap, count, shapeOf(stage) === 'lying phone');
}

/** All of the stage, to its edges; or what the chrome leaves free of it. */
export function whole({ width, height }: Size): Cell {
  return { x: 0, y: 0, width, height };
}

export function freeOf(stage: Stage): Cell {
  return frameOf(stage).area;
}

/** Which of the shapes the chrome takes: the style sheets ask the same questions. A sliver is what a panel leaves of
 *  a phone held upright. */
export function shapeOf({ width, height }: Size): 'sliver' | 'lying phone' | 'standing phone' | 'wide' {
  if (width < 480 && height < 360 && width > height) return 'sliver';
  if (height < 480 && width > height) return 'lying phone';
  return width < 760 && height >= width ? 'standing phone' : 'wide';
}

/** The part of the stage that is free of chrome, and the gap between cells. */
export function frameOf(stage: Stage): { area: Cell; gap: number } {
  const { safe, scale } = stage;
  const between = (top: number, end: number, bottom: number, start: number, gap: number) => ({
    area: {
      x: start + safe.start,
      y: top + safe.top,
      width: Math.max(1, stage.width - start - end - safe.start - safe.end),
      height: Math.max(1, stage.height - top - bottom - safe.top - safe.bottom),
    },
    gap,
  });
  switch (shapeOf(stage)) {
    case 'sliver':
      return between(8, 8, 72, 8, 8);
    case 'lying phone':
      return between(8, 84, 8, 8, 8);
    case 'standing phone':
      return between(52 * scale, 8, 88 * scale, 8, 8);
    case 'wide':
      return stage.width >= 1920
        ? between(56 * scale, 16, 100 * scale, 16, 14)
        : between(56 * scale, 12, 100 * scale, 12, 10);
  }
}

/** The own picture in a call of two: beside the bar where there is room, else above it. `picture`: its shape, width /
 *  height. */
export function floating(stage: Stage, corner: Corner = 'bottom end', picture: number = LYING): Cell {
  const { width, height, safe, scale } = stage;
  const at = (size: Size, side: number, bottom: number, top: number): Cell => {
    const [row, column] = corner.split(' ');
    const end = shapeOf(stage) === 'lying phone' ? 88 : side;
    return {
      ...size,
      x: column === 'end' ? width - size.width - end - safe.end : side + safe.start,
      y: row === 'bottom' ? height - size.height - bottom - safe.bottom : top + safe.top,
    };
  };
  switch (shapeOf(stage)) {
    case 'sliver':
      return at({ width: 56, height: 72 }, 8, 8, 8);
    case 'lying phone':
      return at({ width: 128, height: 80 }, 12, 12, 52);
    case 'standing phone':
      return at({ width: 104, height: 139 }, 12, 92 * scale, 56 * scale);
    case 'wide': {
      const own = Math.round(Math.min(320, Math.max(176, width * 0.17)));
      const size =
        picture < 1
          ? { width: Math.round(own * 0.66), height: Math.round(own * 0.88) }
          : { width: own, height: Math.round((own * 10) / 16) };
      return at(size, 16, width >= 1160 * scale ? 16 : 104 * scale, 60 * scale);
    }
  }
}

/** The corner that is nearest to a point of the stage. */
export function cornerAt({ width, height }: Size, x: number, y: number): Corner {
  return `${y < height / 2 ? 'top' : 'bottom'} ${x < width / 2 ? 'start' : 'end'}`;
}

function stripBeside(area: Cell, gap: number, count: number, isPhone: boolean): Focus {
  const width = Math.round(
    isPhone
      ? Math.min(168, Math.max(120, area.width * 0.22))
      : Math.min(300, Math.max(168, area.width * 0.17)),
  );
  // Four fill the height, where that makes no portraits of them; fewer are no larger.
  const quarter = Math.floor((area.height - 3 * gap) / 4);
  const height = Math.max(isPhone ? 72 : 96, Math.min(quarter, Math.round(width * 0.75)));
  const fits = Math.max(1, Math.floor((area.height + gap) / (height + gap)));
  const x = area.x + area.width - width;
  return {
    main: { ...area, width: area.width - width - gap },
    strip: Array.from({ length: Math.min(count, fits) }, (_, place) => ({
      x,
      y: area.y + place * (height + gap),
      width,
      height: Math.min(height, area.height),
    })),
  };
}

/** On a phone held upright: two columns, which take what the large one leaves. */
function stripBelow(area: Cell, gap: number, count: number, ratio: number): Focus {
  const rows = Math.min(Math.ceil(count / 2), 2);
  const height = Math.min(area.width / ratio, area.height * (rows === 1 ? 0.66 : 0.5));
  const main = { ...area, height: Math.round(height) };
  const below = { ...area, y: area.y + main.height + gap, height: area.height - main.height - gap };
  const shown = Math.min(count, rows * 2);
  const columns = shown === 1 ? 1 : 2;
  const cell = cellOf(shown, columns, below, gap);
  return {
    main,
    strip: Array.from({ length: shown }, (_, place) => {
      const isLast = shown % 2 === 1 && place === shown - 1;
      return {
        x: below.x + (isLast ? 0 : (place % columns) * (cell.width + gap)),
        y: below.y + Math.floor(place / columns) * (cell.height + gap),
        width: isLast ? below.width : cell.width,
        height: cell.height,
      };
    }),
  };
}

/** As many as keep to the smallest tile, at least three; all where all do. */
function howManyFit(n: number, area: Size, gap: number, picture: number): number {
  for (let shown = n; shown > 3; shown -= 1) {
    const cell = cellOf(shown, columnsFor(shown, area, gap, picture), area, gap);
    if (isLargeEnough(cell)) return shown;
  }
  return Math.min(n, 3);
}

function isLargeEnough(cell: Size): boolean {
  return cell.width >= SMALLEST_TILE.width && cell.height >= SMALLEST_TILE.height;
}

function cellOf(n: number, columns: number, area: Size, gap: number): Size {
  const rows = Math.ceil(n / columns);
  return {
    width: Math.floor((area.width - (columns - 1) * gap) / columns),
    height: Math.floor((area.height - (rows - 1) * gap) / rows),
  };
}

function columnsFor(n: number, area: Size, gap: number, picture: number): number {
  const designed = designedColumns(n, area, gap);
  const cell = cellOf(n, designed, area, gap);
  if (cut(cell.width / cell.height, picture) <= LARGEST_CUT) return designed;
  return best(n, area, gap, (candidate) => shownArea(candidate, picture)) ?? designed;
}

/** The design's table for 2 to 9; its rule beyond. */
function designedColumns(n: number, area: Size, gap: number): number {
  const ratio = area.width / area.height;
  if (n > 9) return best(n, area, gap, usefulArea) ?? Math.ceil(Math.sqrt(n));
  if (n === 2) return ratio < 1.2 ? 1 : 2;
  if (ratio < 0.8) return n === 3 ? 1 : 2;
  if (ratio < 1.2) return n <= 5 ? 2 : 3;
  if (n === 3) return area.width < 1000 ? 2 : 3;
  if (n === 4) return 2;
  if (n <= 6) return 3;
  if (n <= 8) return 4;
  return ratio >= 1.9 ? 5 : 3;
}

/** The columns with the greatest worth of a cell; on a tie those with fewer empty cells. None that leaves
 *  a row empty, none with tiles too small: then null. */
function best(n: number, area: Size, gap: number, worth: (cell: Size) => number): number | null {
  let found: { columns: number; worth: number; empty: number } | null = null;
  for (let columns = 1; columns <= n; columns += 1) {
    const rows = Math.ceil(n / columns);
    const cell = cellOf(n, columns, area, gap);
    if ((rows - 1) * columns >= n || !isLargeEnough(cell)) continue;
    const candidate = { columns, worth: worth(cell), empty: rows * columns - n };
    const isBetter =
      found === null ||
      candidate.worth > found.worth ||
      (candidate.worth === found.worth && candidate.empty < found.empty);
    if (isBetter) found = candidate;
  }
  return found?.columns ?? null;
}

/** What a picture between 3:4 and 16:9 fills of a cell. */
function usefulArea({ width, height }: Size): number {
  return Math.min(width, height * WIDEST_USEFUL) * Math.min(height, width / TALLEST_USEFUL);
}

/** How much of the cell shows a picture of this ratio. */
function shownArea(cell: Size, picture: number): number {
  const lost = cut(cell.width / cell.height, picture);
  if (lost <= LARGEST_CUT) return cell.width * cell.height;
  const { fit, height } = standIn(cell, { width: picture, height: 1 });
  return cell.width * cell.height * (fit === 'cover' ? height : 1 - lost);
}

/** Cells row by row, all alike, the last row centred. Where the area stands and one is left for the last
 *  row of two columns, its cell spans the row. */
function grid(n: number, area: Cell, gap: number, picture: number): Cell[] {
  const columns = columnsFor(n, area, gap, picture);
  const rows = Math.ceil(n / columns);
  const { width, height } = cellOf(n, columns, area, gap);
  const rowWidth = (count: number) => count * width + (count - 1) * gap;
  const spare = area.height - rows * height - (rows - 1) * gap;
  return Array.from({ length: n }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? n - row * columns : columns;
    const y = area.y + Math.floor(spare / 2) + row * (height + gap);
    const spans = inRow === 1 && columns === 2 && area.width / area.height < 0.8;
    const used = spans ? rowWidth(2) : rowWidth(inRow);
    const x = area.x + Math.floor((area.width - used) / 2) + (index % columns) * (width + gap);
    return { x, y, width: spans ? used : width, height };
  });
}
