import { loudnessOf } from './MicrophoneLevel';

/** How loud what arrives over a connection is now, from 0 (silence) to 1: the sources of its sound tell their level
 *  with each packet (W3C WebRTC, section 5.3.1; RFC 6464). 0 where none comes. */
export function soundLevelOf(connection: Pick<RTCPeerConnection, 'getReceivers'>): number {
  const levels = connection
    .getReceivers()
    .filter(({ track }) => track.kind === 'audio')
    .flatMap((receiver) => receiver.getSynchronizationSources().map(({ audioLevel }) => audioLevel ?? 0));
  const loudest = Math.max(0, ...levels);
  return loudest === 0 ? 0 : loudnessOf(20 * Math.log10(loudest));
}
