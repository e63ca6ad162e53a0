/** Above every priority that a browser gives (RFC 8445, section 5.1.2.2): types count up to 126. */
const FLOOR = 0x7f_00_00_00;
/** Of a priority only these bits are kept, type and local network. The others fill up the same candidates. */
const KEPT_BITS = 15;
const DROPPED_BITS = 16;
/** A priority has 31 bits. */
const LAST = 0x1ff;

/** The other side's candidates, by ICE generation: of each restart one's own count for more than all before.
 *
 *  Chromium chooses among the pairs of all generations, and keeps to an old one of higher priority until nothing
 *  has come by it for 3.5 s, although it is dead and the new one works. Higher it is by chance: where a check was
 *  faster than its candidate, and it counts as peer reflexive; or on the way from Wi-Fi to a mobile network. What
 *  priorities the other side has told binds nobody: each side sorts its pairs by itself. */
export class RemoteGenerations {
  /** Their username fragments (RFC 8839, section 5.4). */
  readonly #fragments: string[] = [];

  /** A description that is to be set, with the candidates in it. */
  inDescription<D extends RTCSessionDescriptionInit>(description: D): D {
    const sdp = description.sdp ?? '';
    const fragment = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
    if (fragment !== undefined && !this.#fragments.includes(fragment)) this.#fragments.push(fragment);
    const generation = this.#generationOf(fragment);
    return generation === 0
      ? description
      : { ...description, sdp: sdp.replaceAll(/^a=candidate:.*$/gm, (line) => raised(line, generation)) };
  }

  /** A candidate that is to be added. */
  inCandidate<C extends RTCIceCandidateInit>(candidate: C): C {
    const generation = this.#generationOf(fragmentOf(candidate));
    return generation === 0
      ? candidate
      : { ...candidate, candidate: raised(candidate.candidate ?? '', generation) };
  }

  /** Whether a candidate belongs to a description that is not, or no longer, the other side's. */
  isOld(candidate: RTCIceCandidateInit): boolean {
    const fragment = fragmentOf(candidate);
    return fragment !== undefined && fragment !== this.#fragments.at(-1);
  }

  /** Of a fragment that is not known yet the next one; without any the last. */
  #generationOf(fragment: string | undefined): number {
    if (fragment === undefined) return Math.max(0, this.#fragments.length - 1);
    const known = this.#fragments.indexOf(fragment);
    return known === -1 ? this.#fragments.length : known;
  }
}

function fragmentOf({ usernameFragment, candidate }: RTCIceCandidateInit): string | undefined {
  return usernameFragment ?? / ufrag (\S+)/.exec(candidate ?? '')?.[1];
}

/** `candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ...` (RFC 8839, section 5.1). What the other side's network
 *  costs would count for more than any priority. */
function raised(line: string, generation: number): string {
  return line
    .replace(/^(\S+ \S+ \S+) (\d+)/, (_, before: string, priority: string) => {
      const kept = Math.min(Number(priority), 0x7f_ff_ff_ff) >>> DROPPED_BITS;
      return `${before} ${FLOOR + Math.min(generation, LAST) * 2 ** KEPT_BITS + kept}`;
    })
    .replace(/ network-cost \d+/, '');
}
