/** A client that knows nothing of perfect negotiation: it offers once or answers, by plain addTrack, as
 *  most examples on the web do. */
import type { Signal } from '../src/rtc/descriptions';
import type { PeerLink } from '../src/rtc/PeerLink';

export class PlainPeer {
  readonly connection = new RTCPeerConnection();
  /** Kinds of the tracks that came with a stream, without which most examples show nothing. */
  readonly seen = new Set<string>();
  readonly #send: (signal: Signal) => void;

  /** Sends `tracks`, in this order of m-lines if it makes the offer. */
  constructor(tracks: readonly MediaStreamTrack[], send: (signal: Signal) => void) {
    this.#send = send;
    const stream = new MediaStream([...tracks]);
    for (const track of tracks) this.connection.addTrack(track, stream);
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate) send({ candidates: [candidate.toJSON()] });
    };
    this.connection.ontrack = ({ track, streams }) => {
      if (streams.length > 0) this.seen.add(track.kind);
    };
  }

  async offer(): Promise<void> {
    const offer = await this.connection.createOffer();
    await this.connection.setLocalDescription(offer);
    this.#send({ description: offer });
  }

  async receive(signal: Parameters<PeerLink['receive']>[0]): Promise<void> {
    if ('candidates' in signal) {
      for (const candidate of signal.candidates) await this.connection.addIceCandidate(candidate);
      return;
    }
    await this.connection.setRemoteDescription(signal.description);
    if (signal.description.type !== 'offer') return;
    const answer = await this.connection.createAnswer();
    await this.connection.setLocalDescription(answer);
    this.#send({ description: { type: 'answer', sdp: answer.sdp ?? '' } });
  }

  /** Kinds of which packets have come in. */
  async received(): Promise<string[]> {
    const kinds = new Set<string>();
    for (const stat of (await this.connection.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
      if (stat.type === 'inbound-rtp' && (stat.packetsReceived ?? 0) > 0) kinds.add(stat.kind);
    }
    return [...kinds].sort();
  }
}
