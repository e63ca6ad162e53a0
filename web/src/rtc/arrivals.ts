import type { Arrived } from './LinkPulse';

/** Changes with each frame and each packet of sound that was taken from the network (W3C WebRTC, section
 *  5.3.1). Browsers disagree on what the clock of these times is. */
export function lastHeard(connection: RTCPeerConnection): number {
  const times = connection
    .getReceivers()
    .flatMap((receiver) => receiver.getSynchronizationSources().map(({ timestamp }) => timestamp));
  return Math.max(0, ...times);
}

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
