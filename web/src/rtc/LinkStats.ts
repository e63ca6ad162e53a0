/** A picture as it goes over a link. */
export interface PictureStats {
  readonly width: number;
  readonly height: number;
  readonly framerate: number;
  /** As `VP8`. */
  readonly codec: string | null;
}

/** What getStats says of a link, as plain numbers (W3C webrtc-stats). null: not known, or none. Rates and
 *  fractions (0 to 1) are of the time since the last reading. */
export interface LinkStats {
  readonly roundTripMs: number | null;
  /** By how much that is longer than the shortest on this path: what packets wait in queues. */
  readonly queueMs: number | null;
  /** Of what was sent to us: the share that was lost on the way. */
  readonly lossFraction: number | null;
  /** Of what we sent: the share that was lost, as the other side reports it for its last few seconds. */
  readonly sentLossFraction: number | null;
  readonly receivedKbps: number | null;
  readonly sentKbps: number | null;
  /** What the network would carry from us, as the browser estimates it. Firefox does not say. */
  readonly availableKbps: number | null;
  /** `relayed`: through a TURN server, on either side. */
  readonly path: 'direct' | 'relayed' | null;
  /** By which the first hop goes: to the other, or to the TURN server. */
  readonly protocol: 'udp' | 'tcp' | 'tls' | null;
  readonly received: PictureStats | null;
  readonly sent: PictureStats | null;
  /** As `opus`. */
  readonly soundCodec: string | null;
  /** For how long sound waits before it is played, so that late packets are still in time. */
  readonly jitterBufferMs: number | null;
  /** Of the sound that was played: the share that was made up because packets were missing. */
  readonly concealedFraction: number | null;
}

/** Counters at one moment, from which the next reading takes its differences. */
export interface StatsSample {
  /** ms */
  readonly at: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** s, summed over all samples of sound. */
  readonly jitterBufferDelay: number;
  readonly jitterBufferEmitted: number;
  readonly samplesReceived: number;
  readonly samplesConcealed: number;
  /** Infinity: none is known. */
  readonly shortestTripMs: number;
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
  const sound = firstOf('audio', inbound);
  const roundTripMs = thousandfold(pair?.['currentRoundTripTime']);
  const sample: StatsSample = {
    at: number(pair?.['timestamp'] ?? inbound[0]?.['timestamp']),
    bytesReceived: number(pair?.['bytesReceived']),
    bytesSent: number(pair?.['bytesSent']),
    packetsReceived: sum(inbound, 'packetsReceived'),
    packetsLost: sum(inbound, 'packetsLost'),
    jitterBufferDelay: number(sound?.['jitterBufferDelay']),
    jitterBufferEmitted: number(sound?.['jitterBufferEmittedCount']),
    samplesReceived: number(sound?.['totalSamplesReceived']),
    // Silence that is made up in place of silence is not heard.
    samplesConcealed: number(sound?.['concealedSamples']) - number(sound?.['silentConcealedSamples']),
    shortestTripMs: Math.min(previous?.shortestTripMs ?? Infinity, roundTripMs ?? Infinity),
  };
  const stats: LinkStats = {
    roundTripMs,
    queueMs: roundTripMs === null ? null : roundTripMs - sample.shortestTripMs,
    lossFraction: previous && lossBetween(previous, sample),
    sentLossFraction: maximum(of('remote-inbound-rtp'), 'fractionLost'),
    receivedKbps: previous && rate(previous, sample, 'bytesReceived'),
    sentKbps: previous && rate(previous, sample, 'bytesSent'),
    availableKbps: thousandth(pair?.['availableOutgoingBitrate']),
    path: pair ? pathOf(pair, entries) : null,
    protocol: pair ? protocolOf(entries.get(pair['localCandidateId'])) : null,
    received: pictureOf(inbound, entries),
    sent: pictureOf(of('outbound-rtp'), entries),
    soundCodec: codecOf(sound, entries),
    jitterBufferMs: previous && growth(previous, sample, 'jitterBufferDelay', 'jitterBufferEmitted', 1000),
    concealedFraction: previous && growth(previous, sample, 'samplesConcealed', 'samplesReceived', 1),
  };
  return { stats, sample };
}

/** Of the first m-line of its kind: microphone and camera come before what is of the screen. */
function firstOf(kind: 'audio' | 'video', streams: readonly Entry[]): Entry | undefined {
  return streams.filter((entry) => entry['kind'] === kind).toSorted((a, b) => mLineOf(a) - mLineOf(b))[0];
}

function mLineOf(stream: Entry): number {
  return Number(stream['mid'] ?? 0);
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

function protocolOf(local: Entry | undefined): LinkStats['protocol'] {
  const protocol = local?.['relayProtocol'] ?? local?.['protocol'];
  return protocol === 'udp' || protocol === 'tcp' || protocol === 'tls' ? protocol : null;
}

/** null where no frame goes by. */
function pictureOf(streams: readonly Entry[], entries: ReadonlyMap<unknown, Entry>): PictureStats | null {
  const stream = firstOf('video', streams);
  const framerate = Math.round(number(stream?.['framesPerSecond']));
  if (stream === undefined || framerate === 0) return null;
  const [width, height] = [number(stream['frameWidth']), number(stream['frameHeight'])];
  return { width, height, framerate, codec: codecOf(stream, entries) };
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

/** What a sum has grown by, for each of what its count has grown by. */
function growth(
  before: StatsSample,
  now: StatsSample,
  total: keyof StatsSample,
  count: keyof StatsSample,
  scale: number,
): number | null {
  const counted = now[count] - before[count];
  return counted > 0 ? Math.max(0, ((now[total] - before[total]) / counted) * scale) : null;
}

function thousandfold(value: unknown): number | null {
  return typeof value === 'number' ? Math.round(value * 1000) : null;
}

function thousandth(value: unknown): number | null {
  return typeof value === 'number' ? Math.round(value / 1000) : null;
}

function maximum(entries: readonly Entry[], key: string): number | null {
  const values = entries.map((entry) => entry[key]).filter((value) => typeof value === 'number');
  return values.length === 0 ? null : Math.max(...values);
}

function sum(entries: readonly Entry[], key: string): number {
  return entries.reduce((total, entry) => total + number(entry[key]), 0);
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
