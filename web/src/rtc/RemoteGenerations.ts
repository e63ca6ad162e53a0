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

  /** The candidates in a description that is to be set. */
  inDescription<D extends RTCSessionDescriptionInit>(description: D): D {
    const sdp = description.sdp ?? '';
    const generation = this.#generationOf(/^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1]);
    return generation === 0
      ? description
      : { ...description, sdp: sdp.replaceAll(/^a=candidate:.*$/gm, (line) => raised(line, generation)) };
  }

  /** A candidate that is to be added. One that says nothing of its generation is of the last. */
  inCandidate<C extends RTCIceCandidateInit>(candidate: C): C {
    const text = candidate.candidate ?? '';
    const fragment = candidate.usernameFragment ?? / ufrag (\S+)/.exec(text)?.[1];
    const generation = this.#generationOf(fragment ?? this.#fragments.at(-1));
    return generation === 0 ? candidate : { ...candidate, candidate: raised(text, generation) };
  }

  #generationOf(fragment: string | undefined): number {
    if (fragment === undefined) return 0;
    const known = this.#fragments.indexOf(fragment);
    return known === -1 ? this.#fragments.push(fragment) - 1 : known;
  }
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
