/** Statistics in plain words: pure. */
import type { LinkQuality } from '../../call/callState';
import type { LinkStats, PictureStats } from '../../rtc/LinkStats';
import { strings } from '../../lib/strings';

/** What, and how much of it. */
export type Fact = readonly [string, string];

const words = strings.quality;

export function linkFacts(name: string, stats: LinkStats, { theirsPaused, oursPaused }: LinkQuality): Fact[] {
  return known([
    [words.roundTrip, of(stats.roundTripMs, words.milliseconds)],
    [words.path, pathOf(stats)],
    [words.pictureFrom(name), theirsPaused ? words.paused : pictureOf(stats.received)],
    [words.pictureTo(name), oursPaused ? words.paused : pictureOf(stats.sent)],
    [words.sound, of(stats.soundCodec, words.soundCodec)],
    [words.soundDelay, of(stats.jitterBufferMs, words.milliseconds)],
    [words.soundRepaired, of(stats.concealedFraction, words.percent)],
    [words.lostHere, of(stats.lossFraction, words.percent)],
    [words.lostThere, of(stats.sentLossFraction, words.percent)],
    [words.received, of(stats.receivedKbps, words.rate)],
    [words.sent, of(stats.sentKbps, words.rate)],
    [words.available, of(stats.availableKbps, words.rate)],
  ]);
}

/** All links together: what they have in common is one's own connection. */
export function ownFacts(links: readonly LinkStats[]): Fact[] {
  if (links.length === 0) return [];
  const values = (key: 'roundTripMs' | 'lossFraction' | 'sentLossFraction' | 'receivedKbps' | 'sentKbps') =>
    links.map((link) => link[key]).filter((value) => value !== null);
  const best = (all: readonly number[]) => (all.length === 0 ? null : Math.min(...all));
  const sum = (all: readonly number[]) => all.reduce((total, value) => total + value, 0);
  return known([
    [words.people, String(links.length)],
    [words.relayedOf, words.ofAll(links.filter(({ path }) => path === 'relayed').length, links.length)],
    [words.shortestTrip, of(best(values('roundTripMs')), words.milliseconds)],
    [words.leastLostHere, of(best(values('lossFraction')), words.percent)],
    [words.leastLostThere, of(best(values('sentLossFraction')), words.percent)],
    [words.received, words.rate(sum(values('receivedKbps')))],
    [words.sent, words.rate(sum(values('sentKbps')))],
  ]);
}

function of<Value>(value: Value | null, inWords: (value: Value) => string): string | null {
  return value === null ? null : inWords(value);
}

function pathOf({ path, protocol }: LinkStats): string | null {
  return path === null ? null : words.pathIs[path](protocol === 'udp' ? null : protocol);
}

function pictureOf(picture: PictureStats | null): string {
  return picture === null ? words.none : words.picture(picture);
}

function known(facts: readonly (readonly [string, string | null])[]): Fact[] {
  return facts.flatMap(([what, value]): Fact[] => (value === null ? [] : [[what, value]]));
}
