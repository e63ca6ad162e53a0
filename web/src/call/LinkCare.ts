import { createStore, type StoreApi } from 'zustand/vanilla';
import { InTurn } from '../lib/InTurn';
import { logger } from '../lib/logger';
import type { Detail } from '../rtc/cameraDetail';
import type { Quality, QualityState } from '../rtc/linkQuality';
import type { LinkStats, StatsSample } from '../rtc/LinkStats';
import type { PeerLink } from '../rtc/PeerLink';
import type { PeerMessage } from '../rtc/PeerChannel';
import type { SharedScreen, View } from '../rtc/sendBudget';
import { ceilingOf, isPaused, noShortage, trickles, type Shortage } from '../rtc/Shortage';
import type { Tracks } from '../rtc/sources';

const log = logger('links');

type CareRules = typeof import('../rtc/careRules');

/** Between two readings of a link. */
const PERIOD_MS = 2_000;

export type CaredLink = Pick<PeerLink, 'view' | 'getStats' | 'setBudget' | 'tell' | 'soundLevel' | 'losses'>;

/** What the pages show of a link. */
export interface LinkQuality {
  /** null: nothing is known yet. */
  readonly quality: Quality | null;
  /** The other's camera is on, but the link does not carry its picture. */
  readonly theirsPaused: boolean;
  /** The same the other way. */
  readonly oursPaused: boolean;
}

interface Care {
  readonly link: CaredLink;
  sample: StatsSample | null;
  stats: LinkStats | null;
  shortage: Shortage;
  /** `link.losses` at the last reading. */
  losses: number;
  /** null: nothing is known yet. */
  quality: QualityState | null;
  /** How large the other shows us; null: not told. */
  view: View | null;
  theirsPaused: boolean;
}

/** Looks after the links of a call: reads how they are, sends over each as much as it carries and as the
 *  other side shows, and tells the other side what it gets. */
export class LinkCare {
  /** The numbers of the last readings, by participant id. */
  readonly stats: StoreApi<ReadonlyMap<string, LinkStats>> = createStore(
    (): ReadonlyMap<string, LinkStats> => new Map(),
  );
  readonly #media: Tracks;
  readonly #onQuality: (qualities: ReadonlyMap<string, LinkQuality>) => void;
  readonly #cares = new Map<string, Care>();
  /** How large we show the others. */
  readonly #shown = new Map<string, View>();
  #timer: ReturnType<typeof setInterval> | null = null;
  /** null until they are loaded: until then links send as they like. */
  #rules: CareRules | null = null;
  /** How the camera is captured, and which camera it is. */
  #detail: Detail | null = null;
  #detailed: MediaStreamTrack | null = null;
  #qualities: ReadonlyMap<string, LinkQuality> = new Map();
  /** What a link may send is set in calls that wait for the browser's media threads. */
  readonly #inTurn = new InTurn();

  /** `onQuality` is called when anything in it has become another. */
  constructor(media: Tracks, onQuality: (qualities: ReadonlyMap<string, LinkQuality>) => void) {
    this.#media = media;
    this.#onQuality = onQuality;
  }

  /** Look after exactly these links, by participant id. */
  follow(links: ReadonlyMap<string, CaredLink>): void {
    const before = this.#cares.size;
    for (const [id, { link }] of [...this.#cares]) {
      if (links.get(id) !== link) this.#cares.delete(id);
    }
    for (const id of [...this.#shown.keys()]) {
      if (!links.has(id)) this.#shown.delete(id);
    }
    for (const [id, link] of links) {
      if (!this.#cares.has(id)) this.#add(id, link);
    }
    if (this.#cares.size !== before) this.#spend();
    if (this.#cares.size > 0) {
      if (this.#timer === null) void this.#loadRules();
      this.#timer ??= setInterval(() => void this.#read(), PERIOD_MS);
    } else if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
      this.#inTurn.clear();
    }
    this.#publish();
  }

  /** How loud each of the others is now, from 0 to 1, by participant id. */
  soundLevels(): ReadonlyMap<string, number> {
    return new Map([...this.#cares].map(([id, { link }]) => [id, link.soundLevel]));
  }

  /** The other's picture is shown at this size, in device pixels; 0: it is not. */
  show(id: string, view: View): void {
    this.#shown.set(id, view);
    this.#cares.get(id)?.link.tell({ type: 'view', ...view });
  }

  /** The other side has told something. */
  receive(id: string, message: PeerMessage): void {
    const care = this.#cares.get(id);
    if (care === undefined) return;
    if (message.type === 'view') {
      care.view = { width: message.width, height: message.height };
      this.#spendOn(id);
    } else {
      care.theirsPaused = message.paused;
      this.#publish();
    }
  }

  /** A track has become another, or is on or off now. */
  onTrack(): void {
    this.#spend();
  }

  /** What the camera gives, in px; null while it is off. A browser that does not say is taken to give what it was
   *  asked for. */
  get #capture(): View | null {
    const settings = this.#media.track('video')?.getSettings();
    return settings === undefined ? null : { width: settings.width ?? 1280, height: settings.height ?? 720 };
  }

  get #originalSound(): boolean {
    return this.#media.track('audio')?.contentHint === 'music';
  }

  get #screen(): SharedScreen | null {
    const track = this.#media.track('screen');
    if (track === null) return null;
    const { width = 1920, height = 1080 } = track.getSettings();
    return { width, height, look: track.contentHint === 'motion' ? 'smooth' : 'sharp' };
  }

  /** Whether a link has been on its way for less than a reading takes its turn: to read the others holds it up. */
  get #isConnecting(): boolean {
    const since = Date.now() - PERIOD_MS;
    return [...this.#cares.values()].some(
      ({ link: { view } }) => view.state === 'connecting' && (view.lostAt ?? 0) > since,
    );
  }

  #add(id: string, link: CaredLink): void {
    this.#cares.set(id, {
      link,
      sample: null,
      stats: null,
      shortage: noShortage(performance.now()),
      losses: link.losses,
      quality: null,
      view: null,
      theirsPaused: false,
    });
    const shown = this.#shown.get(id);
    if (shown !== undefined) link.tell({ type: 'view', ...shown });
  }

  /** They are in the cache by then, unless the page was opened just now. */
  async #loadRules(): Promise<void> {
    if (this.#rules !== null) return;
    try {
      this.#rules = await import('../rtc/careRules');
    } catch (error) {
      log.debug('the rules of sending cannot be loaded now', error); // tried again at the next reading
      return;
    }
    this.#spend();
  }

  async #read(): Promise<void> {
    await this.#loadRules();
    const rules = this.#rules;
    if (rules === null || this.#isConnecting) return;
    // One after the other: a report is long, and all at once would be one long task.
    for (const [id, care] of [...this.#cares]) await this.#readOne(id, care, rules);
    await this.#adjustCamera(rules);
    this.#spend();
    this.#publish();
    const stats = [...this.#cares].flatMap(([id, care]): [string, LinkStats][] =>
      care.stats === null ? [] : [[id, care.stats]],
    );
    this.stats.setState(new Map(stats), true);
  }

  async #readOne(id: string, care: Care, rules: CareRules): Promise<void> {
    const { nextQuality, nextShortage, readStats } = rules;
    const isConnected = care.link.view.state === 'connected';
    if (!isConnected || care.losses !== care.link.losses) {
      // What was known of the path is not true of the one that comes after it.
      if (care.shortage.name === 'sending') care.shortage = noShortage(performance.now());
      care.sample = care.stats = null;
      care.losses = care.link.losses;
    }
    if (!isConnected) return;
    try {
      const { stats, sample } = readStats(await care.link.getStats(), care.sample);
      care.stats = stats;
      care.sample = sample;
      const before = care.shortage.name;
      care.shortage = nextShortage(care.shortage, {
        ...stats,
        at: performance.now(),
        hasPicture: this.#capture !== null || this.#screen !== null,
        links: this.#cares.size,
        originalSound: this.#originalSound,
      });
      if (care.shortage.name !== before) log.info(`picture to ${id}: ${before} -> ${care.shortage.name}`);
      care.quality = nextQuality(care.quality, stats, isPaused(care.shortage) || care.theirsPaused);
    } catch (error) {
      log.debug(`no statistics of the link to ${id}`, error); // closed meanwhile
    }
  }

  /** Capture as much as is of use, where that has become another. */
  async #adjustCamera({ constraintsFor, nextDetail, USUAL }: CareRules): Promise<void> {
    const [care] = this.#cares.values();
    const track = this.#media.track('video');
    if (care === undefined || track === null) return;
    // Another camera is captured as usual.
    const before = track === this.#detailed && this.#detail !== null ? this.#detail : USUAL;
    this.#detailed = track;
    this.#detail = nextDetail(before, {
      links: this.#cares.size,
      view: care.view,
      ceiling: ceilingOf(care.shortage),
      availableKbps: care.stats?.availableKbps ?? null,
      isSharing: this.#screen !== null,
    });
    if (this.#detail.name === before.name) return;
    log.info(`camera: ${this.#detail.name}`);
    // A camera that cannot stays as it is.
    await track.applyConstraints(constraintsFor(this.#detail)).catch(() => undefined);
  }

  /** Give every link what it may send. */
  #spend(): void {
    for (const id of this.#cares.keys()) this.#spendOn(id);
  }

  #spendOn(id: string): void {
    this.#inTurn.add(id, () => {
      const care = this.#cares.get(id);
      if (care === undefined || this.#rules === null) return;
      const { link, view, shortage, stats } = care;
      link.setBudget(
        this.#rules.budgetFor({
          links: this.#cares.size,
          view,
          capture: this.#capture,
          screen: this.#screen,
          originalSound: this.#originalSound,
          ceiling: ceilingOf(shortage),
          availableKbps: stats?.availableKbps ?? null,
          trickles: trickles(shortage, performance.now()),
        }),
      );
      link.tell({ type: 'picture', paused: isPaused(shortage) });
    });
  }

  #publish(): void {
    const qualities = new Map<string, LinkQuality>();
    for (const [id, { quality, theirsPaused, shortage }] of this.#cares) {
      const now = { quality: quality?.quality ?? null, theirsPaused, oursPaused: isPaused(shortage) };
      const known = this.#qualities.get(id);
      qualities.set(id, known !== undefined && isSame(known, now) ? known : now);
    }
    const isNews =
      qualities.size !== this.#qualities.size ||
      [...qualities].some(([id, quality]) => this.#qualities.get(id) !== quality);
    if (!isNews) return;
    this.#qualities = qualities;
    this.#onQuality(qualities);
  }
}

function isSame(one: LinkQuality, other: LinkQuality): boolean {
  return (
    one.quality === other.quality &&
    one.theirsPaused === other.theirsPaused &&
    one.oursPaused === other.oursPaused
  );
}
