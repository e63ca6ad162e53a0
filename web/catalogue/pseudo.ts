/** The pseudo-language of the tests and the gallery: English, a third longer, with marks on its vowels, and run
 *  from right to left. What it does not touch is no word of the catalogue; what it breaks, German will too. */

const MARKED: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  A: 'Á',
  E: 'É',
  O: 'Ó',
};
const RIGHT_TO_LEFT_OVERRIDE = '\u202e';
const POP_DIRECTION = '\u202c';

/** A piece of text between arguments; blanks at its ends stay outside, so that words do not stick together. */
export function mirrored(piece: string): string {
  const [, before = '', core = '', after = ''] = /^(\s*)(.*?)(\s*)$/su.exec(piece) ?? [];
  if (core === '') return piece;
  const marked = core.replace(/[aeiouAEO]/g, (vowel) => MARKED[vowel] ?? vowel);
  const longer = marked + '·'.repeat(/\p{L}{3}/u.test(core) ? Math.ceil(core.length / 3) : 0);
  return `${before}${RIGHT_TO_LEFT_OVERRIDE}${longer}${POP_DIRECTION}${after}`;
}
