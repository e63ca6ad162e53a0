/** Sentences about a call that are put together of several messages. */
import { strings } from './callStrings';
import type { RoomSettings } from '../protocol/messages.gen';
import { named, people } from './phrases';

/** "24 minutes", "1 hour 5 minutes", "Less than a minute". */
export function duration(seconds: number): string {
  const all = Math.round(seconds / 60);
  if (seconds < 60) return strings.duration.moment;
  if (all < 60) return strings.duration.minutes({ minutes: all });
  const hours = strings.duration.hours({ hours: Math.floor(all / 60) });
  if (all % 60 === 0) return hours;
  return strings.duration.both({ hours, minutes: strings.duration.minutes({ minutes: all % 60 }) });
}

/** "24:08", "1:02:41". */
export function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const rest = two(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** What the link is good for, as the room is now. */
export function linkOpens(settings: RoomSettings | undefined): string {
  const words = strings.call.linkOpens;
  if (settings?.locked === true) return words.locked;
  if (settings?.lobby === true) return words.lobby;
  return settings?.passcode === true ? words.passcode : words.open;
}

export function callTitle(room: string, others: readonly string[]): string {
  return others.length === 0 ? room : strings.call.title({ people: people(others, 2), room });
}

export function lastSeen(seconds: number): string {
  return seconds < 60
    ? strings.call.seenSecondsAgo({ seconds })
    : strings.call.seenMinutesAgo({ minutes: Math.floor(seconds / 60) });
}

/** What a call was: how long, with whom, and who is still inside. */
export function summaryOf(seconds: number, met: readonly string[], inside: number): string {
  if (met.length === 0) return strings.after.nobodyCame({ duration: duration(seconds) });
  const was = strings.after.with({ duration: duration(seconds), people: people(met) });
  const rest = still(met, inside);
  return rest === null ? was : `${was} ${rest}`;
}

function still(met: readonly string[], inside: number): string | null {
  const [first = ''] = met;
  if (inside === 0) return null;
  if (inside > 1)
    return inside >= met.length ? strings.after.allTalk : strings.after.someTalk({ count: inside });
  return met.length === 1 ? strings.after.isThere({ name: named(first) }) : strings.after.oneIsThere;
}
