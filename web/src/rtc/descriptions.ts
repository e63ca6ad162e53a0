/** What the two sides of a link send each other by signaling, and what they read in it. */

/** A description on the wire. `offerId` ties an answer to its offer: when an offer was sent anew because
 *  the first was thought lost, the answer to the first must not be taken for the answer to the second.
 *  Peers that do not know it leave it out, and are believed. */
export interface Description extends RTCSessionDescriptionInit {
  readonly offerId?: number;
}

/** A candidate on the wire. An empty one with `restart` asks the other side for an ICE restart. */
export interface Candidate extends RTCIceCandidateInit {
  readonly restart?: boolean;
}

export type Signal = { readonly description: Description } | { readonly candidates: readonly Candidate[] };

/** An offer of a prepared link, read so that who made it begins the DTLS handshake (RFC 8842, section 5.3): the
 *  member's part is the shorter one, and its picture is what the one who enters waits for. */
export function withOffererActive(offer: Description): Description {
  return { ...offer, sdp: (offer.sdp ?? '').replaceAll('a=setup:actpass', 'a=setup:active') };
}

/** Whether we waited for the DTLS handshake of this connection. That stays so for its whole life (RFC 8842,
 *  section 5.5); Firefox would take the other part when it answers an offer that leaves the choice. */
export function isDtlsServer({
  currentLocalDescription,
  currentRemoteDescription,
}: RTCPeerConnection): boolean {
  const isOurs = currentLocalDescription?.type === 'answer';
  const answer = isOurs ? currentLocalDescription : currentRemoteDescription;
  return answer?.sdp.includes(`a=setup:${isOurs ? 'passive' : 'active'}`) === true;
}

/** `o=<username> <session id> ...` (RFC 8866, section 5.2). */
export function sessionIdOf({ sdp }: RTCSessionDescriptionInit): string | undefined {
  return /^o=\S+ (\S+)/m.exec(sdp ?? '')?.[1];
}

export function hasData({ sdp }: RTCSessionDescriptionInit): boolean {
  return /^m=application [1-9]/m.test(sdp ?? '');
}
