import { named } from '../../lib/phrases';

const TINTS = 6;

/** The first sign of the first and the last word of a name: "HB" for Henrik Berg. */
export function initialsOf(name: string): string {
  const words = named(name).trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => firstSign(word ?? '')).join('');
}

/** 0 to 5: the same name has the same tint everywhere. */
export function tintOf(name: string): number {
  let sum = 7;
  for (const sign of name) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}

/** One sign as people see it, which may be several code points. */
function firstSign(word: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return (first?.segment ?? '').toLocaleUpperCase();
}
