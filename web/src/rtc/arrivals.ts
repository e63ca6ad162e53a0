import type { Arrived } from './LinkPulse';

/** Bytes of media and of reports on it, and answers to ICE's own questions, for each pair of addresses. */
export function arrivedByPair(report: RTCStatsReport): Arrived {
  const arrived = new Map<string, number>();
  report.forEach((entry: RTCStats) => {
    if (entry.type !== 'candidate-pair') return;
    const pair = entry as RTCIceCandidatePairStats;
    arrived.set(pair.id, (pair.bytesReceived ?? 0) + (pair.responsesReceived ?? 0));
  });
  return arrived;
}
