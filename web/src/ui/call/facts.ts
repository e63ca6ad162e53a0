/** Statistics in plain words: pure. */
import type { LinkQuality } from '../../call/callState';
import type { JoinTiming } from '../../call/joinTiming';
import type { LinkStats, PictureStats } from '../../rtc/LinkStats';
import { strings } from '../../lib/callStrings';
import { number } from '../../words/formats';

/** What, and how much of it. */
export type Fact = readonly [string, string];

export function linkFacts(name: string, stats: LinkStats, { theirsPaused, oursPaused }: LinkQuality): Fact[] {
  const words = strings.quality;
  return known([
    [words.roundTrip, of(stats.roundTripMs, milliseconds)],
    [words.path, pathOf(stats)],
    [words.pictureFrom({ name }), theirsPaused ? words.paused : pictureOf(stats.received)],
    [words.pictureTo({ name }), oursPaused ? words.paused : pictureOf(stats.sent)],
    [words.sound, of(stats.soundCodec, capitalised)],
    [words.soundDelay, of(stats.jitterBufferMs, milliseconds)],
    [words.soundRepaired, of(stats.concealedFraction, percent)],
    [words.lostHere, of(stats.lossFraction, percent)],
    [words.lostThere, of(stats.sentLossFraction, percent)],
    [words.received, of(stats.receivedKbps, rate)],
    [words.sent, of(stats.sentKbps, rate)],
    [words.available, of(stats.availableKbps, rate)],
  ]);
}

/** How long it took to enter, from the press on Join to the first picture of one who was inside. */
export function joinFacts(id: string, timing: JoinTiming | null): Fact[] {
  const words = strings.quality;
  const link = timing?.links.get(id);
  if (timing === null || link === undefined) return [];
  return known([
    [words.letIn, of(timing.ack, milliseconds)],
    [words.pathFound, of(link.ice, milliseconds)],
    [words.secured, of(link.dtls, milliseconds)],
    [words.firstPicture, of(link.frame, milliseconds)],
  ]);
}

/** All links together: what they have in common is one's own connection. */
export function ownFacts(links: readonly LinkStats[]): Fact[] {
  const words = strings.quality;
  if (links.length === 0) return [];
  const values = (key: 'roundTripMs' | 'lossFraction' | 'sentLossFraction' | 'receivedKbps' | 'sentKbps') =>
    links.map((link) => link[key]).filter((value) => value !== null);
  const best = (all: readonly number[]) => (all.length === 0 ? null : Math.min(...all));
  const sum = (all: readonly number[]) => all.reduce((total, value) => total + value, 0);
  return known([
    [words.people, number(links.length)],
    [words.relayed, ofAll(links.filter(({ path }) => path === 'relayed').length, links.length)],
    [words.shortestTrip, of(best(values('roundTripMs')), milliseconds)],
    [words.leastLostHere, of(best(values('lossFraction')), percent)],
    [words.leastLostThere, of(best(values('sentLossFraction')), percent)],
    [words.received, rate(sum(values('receivedKbps')))],
    [words.sent, rate(sum(values('sentKbps')))],
  ]);
}

function of<Value>(value: Value | null, inWords: (value: Value) => string): string | null {
  return value === null ? null : inWords(value);
}

function milliseconds(ms: number): string {
  return strings.quality.milliseconds({ ms });
}

function percent(fraction: number): string {
  return strings.quality.percent({ percent: 100 * fraction });
}

function rate(kbps: number): string {
  return kbps < 1000 ? strings.quality.kilobits({ kbps }) : strings.quality.megabits({ mbps: kbps / 1000 });
}

function ofAll(some: number, all: number): string {
  return strings.quality.ofAll({ some, all });
}

function capitalised(codec: string): string {
  return codec.slice(0, 1).toUpperCase() + codec.slice(1);
}

function pathOf({ path, protocol }: LinkStats): string | null {
  const words = strings.quality;
  if (path === null) return null;
  if (protocol === null || protocol === 'udp') return words[path];
  return words[`${path}By`]({ protocol: protocol.toUpperCase() });
}

function pictureOf(picture: PictureStats | null): string {
  const words = strings.quality;
  if (picture === null) return words.none;
  const size = words.picture(picture);
  return picture.codec === null ? size : words.pictureBy({ picture: size, codec: picture.codec });
}

function known(facts: readonly (readonly [string, string | null])[]): Fact[] {
  return facts.flatMap(([what, value]): Fact[] => (value === null ? [] : [[what, value]]));
}
