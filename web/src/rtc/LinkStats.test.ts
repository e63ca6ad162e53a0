import { expect, test } from 'vitest';
import { readStats } from './LinkStats';

function report(
  second: number,
  more: {
    remote?: string;
    roundTrip?: number;
    lost?: number;
    reported?: readonly number[];
    local?: Record<string, unknown>;
  } = {},
): Map<string, Record<string, unknown>> {
  const entries = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    {
      id: 'P',
      type: 'candidate-pair',
      timestamp: second * 1000,
      bytesReceived: second * 100_000,
      bytesSent: second * 50_000,
      currentRoundTripTime: more.roundTrip ?? 0.042,
      availableOutgoingBitrate: 1_500_400,
      localCandidateId: 'L',
      remoteCandidateId: 'R',
    },
    { id: 'L', type: 'local-candidate', candidateType: 'host', protocol: 'udp', ...more.local },
    { id: 'R', type: 'remote-candidate', candidateType: more.remote ?? 'srflx' },
    {
      id: 'A',
      type: 'inbound-rtp',
      kind: 'audio',
      packetsReceived: second * 50,
      packetsLost: 0,
      codecId: 'O',
      jitterBufferDelay: second * 480,
      jitterBufferEmittedCount: second * 48_000,
      totalSamplesReceived: second * 48_000,
      concealedSamples: second * 1_200,
      silentConcealedSamples: second * 240,
    },
    {
      id: 'V',
      type: 'inbound-rtp',
      kind: 'video',
      packetsReceived: second * 40,
      packetsLost: more.lost ?? 0,
      codecId: 'C',
      frameWidth: 640,
      frameHeight: 360,
      framesPerSecond: 24,
    },
    { id: 'C', type: 'codec', mimeType: 'video/VP8' },
    { id: 'O', type: 'codec', mimeType: 'audio/opus' },
    ...(more.reported ?? []).map((fractionLost, at) => ({
      id: `M${at}`,
      type: 'remote-inbound-rtp',
      fractionLost,
    })),
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

test('the first reading knows the moment, not the rates', () => {
  expect(readStats(report(1), null).stats).toEqual({
    roundTripMs: 42,
    queueMs: 0,
    lossFraction: null,
    sentLossFraction: null,
    receivedKbps: null,
    sentKbps: null,
    availableKbps: 1500,
    path: 'direct',
    protocol: 'udp',
    received: { width: 640, height: 360, framerate: 24, codec: 'VP8' },
    sent: null,
    soundCodec: 'opus',
    jitterBufferMs: null,
    concealedFraction: null,
  });
});

test('rates and loss are those since the last sample', () => {
  const { sample } = readStats(report(1), null);
  const { stats } = readStats(report(2, { lost: 10 }), sample);
  expect(stats).toMatchObject({ receivedKbps: 800, sentKbps: 400, lossFraction: 0.1 });
});

test('sound is measured since the last sample, and silence that was made up is not counted', () => {
  const { sample } = readStats(report(1), null);
  expect(readStats(report(2), sample).stats).toMatchObject({ jitterBufferMs: 10, concealedFraction: 0.02 });
});

test('what we send is lost as the worse of both kinds says', () => {
  expect(readStats(report(1, { reported: [0.01, 0.2] }), null).stats.sentLossFraction).toBe(0.2);
});

test('of a relayed path the way to the server counts', () => {
  const { stats } = readStats(report(1, { local: { candidateType: 'relay', relayProtocol: 'tls' } }), null);
  expect(stats).toMatchObject({ path: 'relayed', protocol: 'tls' });
});

test('one relayed end makes the path relayed', () => {
  expect(readStats(report(1, { remote: 'relay' }), null).stats.path).toBe('relayed');
});

test('counters that begin anew give no rate', () => {
  const { sample } = readStats(report(5), null);
  expect(readStats(report(1), sample).stats.receivedKbps).toBeNull();
});

test('a report of a link that is not connected says nothing', () => {
  expect(new Set(Object.values(readStats(new Map(), null).stats))).toEqual(new Set([null]));
});

test('the camera is told from the screen by its place among the m-lines', () => {
  const entries = report(1);
  const [camera, sound] = [entries.get('V'), entries.get('A')];
  Object.assign(camera ?? {}, { mid: '1' });
  Object.assign(sound ?? {}, { mid: '0' });
  const screen = { ...camera, id: 'S', mid: '2', frameWidth: 2560, frameHeight: 1440 };
  const mixed = new Map<string, Record<string, unknown>>([['S', screen], ...entries]);
  expect(readStats(mixed, null).stats.received).toMatchObject({ width: 640, height: 360 });
  Object.assign(camera ?? {}, { framesPerSecond: 0 });
  expect(readStats(mixed, null).stats.received).toBeNull();
});

test('what packets wait in queues is measured against the shortest round trip of the path', () => {
  const { sample } = readStats(report(1), readStats(report(0, { roundTrip: 0.09 }), null).sample);
  expect(readStats(report(2, { roundTrip: 0.242 }), sample).stats.queueMs).toBe(200);
});
