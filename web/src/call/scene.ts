/** Who stands where on the stage: pure. People stand in the order in which they entered, and nobody changes place
 *  because somebody speaks; only the large tile of the speaker's view follows the voice. */
import {
  floating,
  focusOn,
  freeOf,
  gridOf,
  LYING,
  shapeOf,
  whole,
  type Cell,
  type Corner,
  type Focus,
  type Stage,
} from './layout';

/** A tile: somebody's picture, or the screen that they share. */
export type TileKey = string;

export function pictureTile(participantId: string): TileKey {
  return participantId;
}

export function screenTile(participantId: string): TileKey {
  return `screen ${participantId}`;
}

/** What one has chosen. `auto`: as it suits the number of people, and what is shared. */
export type StageView = 'auto' | 'grid' | 'speaker' | 'spotlight';

/** `alone`: oneself on the whole stage. `pair`: the other on the whole stage. `grid`: all alike. `focus`: one
 *  large, the rest beside it. `spotlight`: one alone. */
export type Arrangement = 'alone' | 'pair' | 'grid' | 'focus' | 'spotlight';

export interface Scene {
  /** Ids of the others, in order of entering. */
  readonly people: readonly string[];
  /** Of those who share a screen, likewise. */
  readonly screens: readonly string[];
  readonly view: StageView;
  /** Kept large until one lets it go. */
  readonly pinned: TileKey | null;
  /** Who speaks, or was the last to speak, first; then those before. */
  readonly speakers: readonly string[];
  /** Where not everybody has room: which part of them is shown; any number, counted round. */
  readonly page: number;
  readonly corner: Corner;
  readonly isOwnHidden: boolean;
  /** The shape of the own picture, width / height; without: as cameras of computers make it. */
  readonly ownPicture?: number;
}

export interface Placement {
  readonly arrangement: Arrangement;
  /** Those that are shown, in reading order. */
  readonly cells: ReadonlyMap<TileKey, Cell>;
  /** The one that is larger than the others; null where none is. */
  readonly main: TileKey | null;
  /** null: hidden. */
  readonly own: Cell | null;
  /** The place of "and 3 more", which leads to the next page; null where everybody is shown. */
  readonly more: { readonly cell: Cell; readonly count: number } | null;
}

/** The shape of a screen, before it is known. */
const SCREEN = 16 / 10;

/** `picture`: width / height of most of the pictures. */
export function place(stage: Stage, scene: Scene, picture: number = LYING): Placement {
  const { people, screens } = scene;
  const all = [...screens.map(screenTile), ...people.map(pictureTile)];
  if (all.length === 0) return alone(stage);
  if (shapeOf(stage) === 'sliver') return sliver(stage, scene, mainOf(scene, all));
  switch (viewOf(scene, all)) {
    case 'pair':
      return single('pair', stage, scene, mainOf(scene, all));
    case 'grid':
      return grid(stage, scene, all, picture);
    case 'speaker':
      return focus(stage, scene, mainOf(scene, all), all, picture);
    case 'spotlight':
      return single('spotlight', stage, scene, mainOf(scene, all));
  }
}

function viewOf(
  { view, screens, pinned }: Scene,
  all: readonly TileKey[],
): 'pair' | Exclude<StageView, 'auto'> {
  if (view === 'spotlight' && all.length > 1) return 'spotlight';
  if (all.length === 1 && view !== 'grid') return 'pair';
  if (view === 'speaker') return 'speaker';
  if (pinned !== null && all.includes(pinned)) return 'speaker';
  if (view === 'grid') return 'grid';
  return screens.length > 0 ? 'speaker' : 'grid';
}

function mainOf({ pinned, screens, speakers, people }: Scene, all: readonly TileKey[]): TileKey {
  if (pinned !== null && all.includes(pinned)) return pinned;
  const [shared] = screens;
  if (shared !== undefined) return screenTile(shared);
  return pictureTile(speakers.find((id) => people.includes(id)) ?? people[0] ?? '');
}

function alone(stage: Stage): Placement {
  return { arrangement: 'alone', cells: new Map(), main: null, own: whole(stage), more: null };
}

function single(arrangement: 'pair' | 'spotlight', stage: Stage, scene: Scene, main: TileKey): Placement {
  const isScreen = scene.screens.some((id) => screenTile(id) === main);
  return {
    arrangement,
    cells: new Map([[main, isScreen ? freeOf(stage) : whole(stage)]]),
    main,
    own: scene.isOwnHidden ? null : floating(stage, scene.corner, scene.ownPicture),
    more: null,
  };
}

/** Beside a panel on a phone there is room for one: who speaks, or what is shared or pinned. */
function sliver(stage: Stage, scene: Scene, main: TileKey): Placement {
  const arrangement = scene.people.length + scene.screens.length === 1 ? 'pair' : 'spotlight';
  return { ...single(arrangement, stage, scene, main), own: null };
}

function grid(stage: Stage, scene: Scene, all: readonly TileKey[], picture: number): Placement {
  const own = scene.isOwnHidden ? 0 : 1;
  const fits = gridOf(stage, all.length + own, picture).length;
  const { shown, hidden } = pageOf(all, fits - own, scene.page, []);
  const count = shown.length + own + (hidden > 0 ? 1 : 0);
  return {
    arrangement: 'grid',
    main: null,
    ...dealt(gridOf(stage, count, picture), shown, own === 1, hidden),
  };
}

function focus(
  stage: Stage,
  scene: Scene,
  main: TileKey,
  all: readonly TileKey[],
  picture: number,
): Placement {
  const rest = all.filter((key) => key !== main);
  const own = scene.isOwnHidden ? 0 : 1;
  const ratio = scene.screens.some((id) => screenTile(id) === main) ? SCREEN : picture;
  const room: Focus = focusOn(stage, rest.length + own, ratio);
  const { shown, hidden } = pageOf(rest, room.strip.length - own, scene.page, [
    ...scene.screens.map(screenTile),
    ...scene.speakers.map(pictureTile),
  ]);
  const { main: large, strip } = focusOn(stage, shown.length + own + (hidden > 0 ? 1 : 0), ratio);
  const beside = dealt(strip, shown, own === 1, hidden);
  return { ...beside, arrangement: 'focus', main, cells: new Map([[main, large], ...beside.cells]) };
}

/** Those who have room on a page, in their order, and how many have not. Where there is not room for all, one
 *  place goes to "and 3 more". Every page is full, so that it stays where it was pressed: on the last are some who
 *  were on the one before, too. `first`: who is on the first page rather than others. */
function pageOf(
  all: readonly TileKey[],
  room: number,
  page: number,
  first: readonly TileKey[],
): { readonly shown: readonly TileKey[]; readonly hidden: number } {
  if (all.length <= room) return { shown: all, hidden: 0 };
  const perPage = Math.max(1, room - 1);
  const preferred = first.filter((key) => all.includes(key)).slice(0, perPage);
  const ranked = [...preferred, ...all.filter((key) => !preferred.includes(key))];
  const pages = Math.ceil(all.length / perPage);
  const from = Math.min((((page % pages) + pages) % pages) * perPage, all.length - perPage);
  const chosen = new Set(ranked.slice(from, from + perPage));
  return { shown: all.filter((key) => chosen.has(key)), hidden: all.length - chosen.size };
}

/** Gives each its cell: the tiles, then "and 3 more", then oneself. */
function dealt(
  cells: readonly Cell[],
  shown: readonly TileKey[],
  hasOwn: boolean,
  hidden: number,
): Pick<Placement, 'cells' | 'own' | 'more'> {
  const left = [...cells];
  const own = hasOwn ? (left.pop() ?? null) : null;
  const more = hidden > 0 ? (left.pop() ?? null) : null;
  return {
    cells: new Map(
      shown.flatMap((key, at): [TileKey, Cell][] => {
        const cell = left[at];
        return cell === undefined ? [] : [[key, cell]];
      }),
    ),
    own,
    more: more === null ? null : { cell: more, count: hidden },
  };
}
