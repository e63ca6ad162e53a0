import { expect, test } from 'vitest';
import { readStats } from './LinkStats';

function report(
  second: number,
  more: { remote?: string; lost?: number } = {},
): Map<string, Record<string, unknown>> {
  const entries = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    {
      id: 'P',
      type: 'candidate-pair',
      timestamp: second * 1000,
      bytesReceived: second * 100_000,
      bytesSent: second * 50_000,
      currentRoundTripTime: 0.042,
      localCandidateId: 'L',
      remoteCandidateId: 'R',
    },
    { id: 'L', type: 'local-candidate', candidateType: 'host' },
    { id: 'R', type: 'remote-candidate', candidateType: more.remote ?? 'srflx' },
    { id: 'A', type: 'inbound-rtp', kind: 'audio', packetsReceived: second * 50, packetsLost: 0 },
    {
      id: 'V',
      type: 'inbound-rtp',
      kind: 'video',
      packetsReceived: second * 40,
      packetsLost: more.lost ?? 0,
      codecId: 'C',
    },
    { id: 'C', type: 'codec', mimeType: 'video/VP8' },
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

test('the first reading knows the moment, not the rates', () => {
  expect(readStats(report(1), null).stats).toEqual({
    roundTripMs: 42,
    lossFraction: null,
    receivedKbps: null,
    sentKbps: null,
    path: 'direct',
    codec: 'VP8',
  });
});

test('rates and loss are those since the last sample', () => {
  const { sample } = readStats(report(1), null);
  const { stats } = readStats(report(2, { lost: 10 }), sample);
  expect(stats).toMatchObject({ receivedKbps: 800, sentKbps: 400, lossFraction: 0.1 });
});

test('one relayed end makes the path relayed', () => {
  expect(readStats(report(1, { remote: 'relay' }), null).stats.path).toBe('relayed');
});

test('counters that begin anew give no rate', () => {
  const { sample } = readStats(report(5), null);
  expect(readStats(report(1), sample).stats.receivedKbps).toBeNull();
});

test('a report of a link that is not connected says nothing', () => {
  expect(readStats(new Map(), null).stats).toEqual({
    roundTripMs: null,
    lossFraction: null,
    receivedKbps: null,
    sentKbps: null,
    path: null,
    codec: null,
  });
});
