/** Which of a peer's candidates to try first.
 *
 *  A browser tries the highest priority first and the next one 50 ms later, and host candidates have the
 *  highest (RFC 8445, section 5.1.2.1). Between two networks they lead nowhere, so that the way that there
 *  is would be tried late. */
export interface CandidateOrder {
  readonly first: readonly RTCIceCandidateInit[];
  /** To be added a moment later. */
  readonly later: readonly RTCIceCandidateInit[];
}

/** `own`: our candidates as text, each as in an SDP without `a=`. Private host candidates come later, unless
 *  both sides have the same public address, and so are in one network, or there is nothing else: where more may come
 *  (not `areAll`), unless we know none of our own. */
export function orderCandidates(
  own: readonly string[],
  theirs: readonly RTCIceCandidateInit[],
  areAll: boolean,
): CandidateOrder {
  const isHome = (candidate: RTCIceCandidateInit) => isPrivateHost(parse(candidate.candidate ?? ''));
  const elsewhere = theirs.filter((candidate) => !isHome(candidate));
  const ownPublic = publicAddresses(own);
  const theirPublic = publicAddresses(theirs.map((candidate) => candidate.candidate ?? ''));
  const isOneNetwork = theirPublic.some((address) => ownPublic.includes(address));
  const isAlone = areAll ? elsewhere.length === 0 : ownPublic.length === 0;
  if (isAlone || isOneNetwork) return { first: theirs, later: [] };
  return { first: elsewhere, later: theirs.filter(isHome) };
}

/** Between the candidates that lead out of a network and those that do not. */
const LATER_MS = 250;

/** Hands a peer's candidates on as they come, each when it is to be tried. */
export class OrderedCandidates {
  readonly #add: (candidate: RTCIceCandidateInit) => void;
  #held: readonly RTCIceCandidateInit[] = [];

  constructor(add: (candidate: RTCIceCandidateInit) => void) {
    this.#add = add;
  }

  /** As `orderCandidates`. */
  take(candidates: readonly RTCIceCandidateInit[], own: readonly string[], areAll: boolean): void {
    const { first, later } = orderCandidates(own, [...this.#held, ...candidates], areAll);
    this.#held = later;
    first.forEach(this.#add);
    if (later.length === 0) return;
    setTimeout(() => {
      if (this.#held !== later) return; // others have come, and they go with those
      this.clear();
      later.forEach(this.#add);
    }, LATER_MS);
  }

  /** Forget what is held. */
  clear(): void {
    this.#held = [];
  }
}

/** The candidates of a description, as text. */
export function candidatesIn(sdp: string): readonly string[] {
  return [...sdp.matchAll(/^a=(candidate:.*)\r$/gm)].map(([, candidate]) => candidate ?? '');
}

interface Candidate {
  readonly address: string;
  readonly type: string;
}

/** `candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> ...` */
function parse(text: string): Candidate {
  const parts = text.split(' ');
  return { address: parts[4] ?? '', type: parts[7] ?? '' };
}

/** Addresses under which a NAT is seen from outside: the same one means the same network behind it. */
function publicAddresses(candidates: readonly string[]): readonly string[] {
  return candidates
    .map(parse)
    .filter(({ type }) => type === 'srflx')
    .map(({ address }) => address);
}

// RFC 1918, RFC 6598, RFC 3927, loopback; RFC 4193, RFC 4291 (link-local); names of multicast DNS, which hide any.
const PRIVATE =
  /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|f[cd]|fe[89ab]|::1$)|\.local$/i;

function isPrivateHost({ address, type }: Candidate): boolean {
  return type === 'host' && PRIVATE.test(address);
}
