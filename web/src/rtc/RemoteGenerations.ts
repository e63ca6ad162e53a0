/** Above every priority that a browser gives (RFC 8445, section 5.1.2.2): types count up to 126. */
const FLOOR = 0x7f_00_00_00;
/** Of a priority only these bits are kept, type and local network. The others fill up the same candidates. */
const KEPT_BITS = 15;
const DROPPED_BITS = 16;
/** A priority has 31 bits. */
const LAST = 0x1ff;

/** The other side's candidates, by ICE generation: those of each restart count for more than all before.
 *
 *  Chromium chooses among the pairs of all generations, and keeps to an old one of higher priority until nothing
 *  has come by it for 3.5 s, although it is dead and the new one works. Higher it is by chance: where a check was
 *  faster than its candidate, and it counts as peer reflexive; or on the way from Wi-Fi to a mobile network. What
 *  priorities the other side has told binds nobody: each side sorts its pairs by itself. */
export class RemoteGenerations {
  /** Username fragments (RFC 8839, section 5.4) in their order. Those of the first are left as they were told. */
  readonly #fragments: string[] = [];

  /** A description that is to be set, with the candidates in it. */
  inDescription<D extends RTCSessionDescriptionInit>(description: D): D {
    const sdp = description.sdp ?? '';
    const fragment = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '';
    if (!this.#fragments.includes(fragment)) this.#fragments.push(fragment);
    const rank = this.#fragments.indexOf(fragment);
    if (rank === 0) return description;
    return { ...description, sdp: sdp.replaceAll(/^a=candidate:.*$/gm, (line) => raised(line, rank)) };
  }

  /** A candidate that is to be added. One that says nothing of its generation is of the last. */
  inCandidate<C extends RTCIceCandidateInit>(candidate: C): C {
    const rank = this.#fragments.indexOf(fragmentOf(candidate) ?? this.#last ?? '');
    return rank <= 0 ? candidate : { ...candidate, candidate: raised(candidate.candidate ?? '', rank) };
  }

  /** Whether a candidate belongs to a description that is not, or no longer, the other side's. */
  isOld(candidate: RTCIceCandidateInit): boolean {
    const fragment = fragmentOf(candidate);
    return fragment !== undefined && fragment !== this.#last;
  }

  get #last(): string | undefined {
    return this.#fragments.at(-1);
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
