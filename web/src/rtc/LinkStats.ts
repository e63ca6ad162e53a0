/** What getStats says of a link, as plain numbers (W3C webrtc-stats). null: not known yet. */
export interface LinkStats {
  readonly roundTripMs: number | null;
  /** Of what was sent to us since the last sample: the share that was lost on the way, 0 to 1. */
  readonly lossFraction: number | null;
  readonly receivedKbps: number | null;
  readonly sentKbps: number | null;
  /** `relayed`: through a TURN server, on either side. */
  readonly path: 'direct' | 'relayed' | null;
  /** Of the picture that is received, as `VP8`. */
  readonly codec: string | null;
}

/** Counters at one moment, from which the next reading takes its differences. */
export interface StatsSample {
  /** ms */
  readonly at: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
}

/** One entry of a report, whichever: fields are looked at by name. */
type Entry = Readonly<Record<string, unknown>>;

/** A report as getStats returns it; a Map will do. */
export interface StatsReport {
  forEach(look: (entry: Entry) => void): void;
}

/** Read a report against the sample of the last reading; null for the first. */
export function readStats(
  report: StatsReport,
  previous: StatsSample | null,
): { readonly stats: LinkStats; readonly sample: StatsSample } {
  const entries = new Map<unknown, Entry>();
  report.forEach((entry) => entries.set(entry['id'], entry));
  const of = (type: string): Entry[] => [...entries.values()].filter((entry) => entry['type'] === type);

  const pair = selectedPair(of('transport'), of('candidate-pair'), entries);
  const inbound = of('inbound-rtp');
  const sample: StatsSample = {
    at: number(pair?.['timestamp'] ?? inbound[0]?.['timestamp']),
    bytesReceived: number(pair?.['bytesReceived']),
    bytesSent: number(pair?.['bytesSent']),
    packetsReceived: sum(inbound, 'packetsReceived'),
    packetsLost: sum(inbound, 'packetsLost'),
  };
  const picture = inbound.find((entry) => entry['kind'] === 'video') ?? inbound[0];
  const roundTrip = pair?.['currentRoundTripTime'];
  const stats: LinkStats = {
    roundTripMs: typeof roundTrip === 'number' ? Math.round(roundTrip * 1000) : null,
    lossFraction: previous && lossBetween(previous, sample),
    receivedKbps: previous && rate(previous, sample, 'bytesReceived'),
    sentKbps: previous && rate(previous, sample, 'bytesSent'),
    path: pair ? pathOf(pair, entries) : null,
    codec: codecOf(picture, entries),
  };
  return { stats, sample };
}

function selectedPair(
  transports: readonly Entry[],
  pairs: readonly Entry[],
  entries: ReadonlyMap<unknown, Entry>,
): Entry | undefined {
  for (const transport of transports) {
    const pair = entries.get(transport['selectedCandidatePairId']);
    if (pair) return pair;
  }
  // Firefox has no transport entries, and marks the pair itself.
  return pairs.find((pair) => pair['selected'] === true || pair['nominated'] === true);
}

function pathOf(pair: Entry, entries: ReadonlyMap<unknown, Entry>): 'direct' | 'relayed' {
  const ends = [pair['localCandidateId'], pair['remoteCandidateId']].map((id) => entries.get(id));
  return ends.some((candidate) => candidate?.['candidateType'] === 'relay') ? 'relayed' : 'direct';
}

function codecOf(stream: Entry | undefined, entries: ReadonlyMap<unknown, Entry>): string | null {
  const type = entries.get(stream?.['codecId'])?.['mimeType'];
  return typeof type === 'string' ? (type.split('/')[1] ?? null) : null;
}

/** null where nothing was sent to us; never below 0, for packets that come late are found again. */
function lossBetween(before: StatsSample, now: StatsSample): number | null {
  const lost = now.packetsLost - before.packetsLost;
  const expected = now.packetsReceived - before.packetsReceived + lost;
  return expected > 0 ? Math.max(0, lost / expected) : null;
}

/** null after the pair has changed, whose counters begin anew. */
function rate(before: StatsSample, now: StatsSample, key: 'bytesReceived' | 'bytesSent'): number | null {
  const bytes = now[key] - before[key];
  const ms = now.at - before.at;
  return bytes >= 0 && ms > 0 ? Math.round((bytes * 8) / ms) : null;
}

function sum(entries: readonly Entry[], key: string): number {
  return entries.reduce((total, entry) => total + number(entry[key]), 0);
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
