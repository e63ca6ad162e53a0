/** How long it takes to enter a call, in milliseconds from the press on Join. Plain data, and pure. */
import type { JoinTimed } from '../protocol/messages.gen';
import type { LinkStep } from '../rtc/PeerLink';

/** How a link was made: negotiated in the lobby; with an offer that one brought; after one had entered. */
export type JoinWay = JoinTimed['way'];

/** Of one link: a path was found, it was secured, its first picture was painted. null: not yet. */
export interface LinkTiming {
  readonly way: JoinWay;
  readonly ice: number | null;
  readonly dtls: number | null;
  readonly frame: number | null;
}

export interface JoinTiming {
  /** The server had let one in; null: not yet. */
  readonly ack: number | null;
  /** By participant id: of those who were inside when one entered. */
  readonly links: ReadonlyMap<string, LinkTiming>;
}

/** One has entered, to those who are inside; `ways` of those links that were not made from scratch. */
export function entered(
  ack: number,
  inside: readonly string[],
  ways: ReadonlyMap<string, JoinWay>,
): JoinTiming {
  const start = { ice: null, dtls: null, frame: null };
  return { ack, links: new Map(inside.map((id) => [id, { ...start, way: ways.get(id) ?? 'plain' }])) };
}

/** The first time counts; of others than those who were inside nothing is noted. */
export function reached(timing: JoinTiming, id: string, step: LinkStep | 'frame', at: number): JoinTiming {
  const link = timing.links.get(id);
  if (link?.[step] !== null) return timing;
  return { ...timing, links: new Map(timing.links).set(id, { ...link, [step]: at }) };
}

/** Whether there is a picture of everybody. */
export function isComplete({ links }: JoinTiming): boolean {
  return [...links.values()].every(({ frame }) => frame !== null);
}

/** What the server is told: of the link that was there first. null where one was alone. */
export function reportOf({ ack, links }: JoinTiming): JoinTimed | null {
  const [first] = [...links.values()].sort((a, b) => rank(a) - rank(b));
  if (ack === null || first === undefined) return null;
  const { way, ice, dtls, frame } = first;
  return { way, ack: rounded(ack), ice: rounded(ice), dtls: rounded(dtls), frame: rounded(frame) };
}

function rank({ frame, dtls, ice }: LinkTiming): number {
  return frame ?? (dtls ?? ice ?? LONGEST_MS) + LONGEST_MS;
}

const LONGEST_MS = 600_000;

function rounded<T extends number | null>(ms: T): T {
  return (ms === null ? null : Math.min(Math.round(ms * 10) / 10, LONGEST_MS)) as T;
}
