/** Who speaks: pure. A voice has to last before it counts, and to be gone for a while before it does not, so that
 *  neither a cough nor a breath makes anything flicker. */

/** Louder than this is a voice; one that is heard already counts down to the second (0 to 1, see MicrophoneLevel). */
const BEGINS_AT = 0.34;
const GOES_ON_AT = 0.22;
/** ms. Levels are read five times a second: one alone is no voice. */
const BEGINS_AFTER = 250;
const ENDS_AFTER = 700;
/** The large tile goes to somebody else who has spoken for so long while its own person is silent. */
const TAKES_OVER_AFTER = 1_200;

interface Voice {
  readonly isSpeaking: boolean;
  /** Since when it has been otherwise than `isSpeaking` says; null: it is not. ms */
  readonly otherwiseSince: number | null;
  /** Since when it has been as `isSpeaking` says. ms */
  readonly since: number;
}

export interface Voices {
  readonly byId: ReadonlyMap<string, Voice>;
  readonly speaking: ReadonlySet<string>;
  /** Who speaks for the room, first; then those who did before, without those who have left. */
  readonly speakers: readonly string[];
}

export const silence: Voices = { byId: new Map(), speaking: new Set(), speakers: [] };

/** `levels`: how loud each is now, of exactly those who are here. `at` in ms. What has not changed is the same
 *  object as before. */
export function nextVoices(before: Voices, levels: ReadonlyMap<string, number>, at: number): Voices {
  const byId = new Map<string, Voice>();
  for (const [id, level] of levels) byId.set(id, nextVoice(before.byId.get(id), level, at));
  const speaking = new Set([...byId].filter(([, voice]) => voice.isSpeaking).map(([id]) => id));
  const present = before.speakers.filter((id) => levels.has(id));
  const next = successor(present[0], byId, at);
  const speakers = next === undefined ? present : [next, ...present.filter((id) => id !== next)];
  return {
    byId,
    speaking: isSameSet(speaking, before.speaking) ? before.speaking : speaking,
    speakers: isSameList(speakers, before.speakers) ? before.speakers : speakers,
  };
}

function nextVoice(voice: Voice | undefined, level: number, at: number): Voice {
  if (voice === undefined) return { isSpeaking: false, otherwiseSince: null, since: at };
  const isHeard = level > (voice.isSpeaking ? GOES_ON_AT : BEGINS_AT);
  if (isHeard === voice.isSpeaking) {
    return voice.otherwiseSince === null ? voice : { ...voice, otherwiseSince: null };
  }
  if (voice.otherwiseSince === null) return { ...voice, otherwiseSince: at };
  const patience = voice.isSpeaking ? ENDS_AFTER : BEGINS_AFTER;
  if (at - voice.otherwiseSince < patience) return voice;
  return { isSpeaking: isHeard, otherwiseSince: null, since: voice.otherwiseSince };
}

/** Who takes over from the one that is large; undefined: nobody. */
function successor(
  current: string | undefined,
  byId: ReadonlyMap<string, Voice>,
  at: number,
): string | undefined {
  if (current !== undefined && byId.get(current)?.isSpeaking === true) return undefined;
  const patience = current === undefined ? BEGINS_AFTER : TAKES_OVER_AFTER;
  const ready = [...byId].filter(
    ([, { isSpeaking, otherwiseSince, since }]) =>
      isSpeaking && otherwiseSince === null && at - since >= patience,
  );
  // Of several, the one who has spoken longest.
  return ready.sort(([, one], [, other]) => one.since - other.since)[0]?.[0];
}

function isSameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((id) => other.has(id));
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, place) => id === other[place]);
}
