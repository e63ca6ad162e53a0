import { describe, expect, it } from 'vitest';
import { number, plural } from '../src/words/formats';
import { argumentsOf, compile, differences, MessageError, type Messages } from './compile';
import { languages, readCatalogue } from './catalogue';
import { mirrored } from './pseudo';

const asItIs = { typed: false, text: (piece: string) => piece };

/** What a message says, compiled and run. */
function said(message: string, given: Readonly<Record<string, unknown>>): unknown {
  const { source } = compile({ message }, asItIs);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is what is to be tried
  const made = new Function('number', 'plural', `return ${source}`) as (...formats: unknown[]) => {
    message: string | ((given: unknown) => string);
  };
  const { message: words } = made(number, plural);
  return typeof words === 'string' ? words : words(given);
}

describe('a message', () => {
  it.each([
    ["It's here", {}, "It's here"],
    ['{name} came in', { name: 'Mara' }, 'Mara came in'],
    ['a `tick`, a \\ and ${name}', { name: 'x' }, 'a `tick`, a \\ and $x'],
    ['{n, plural, =0 {none} one {# minute} other {# minutes}}', { n: 0 }, 'none'],
    ['{n, plural, =0 {none} one {# minute} other {# minutes}}', { n: 1 }, '1 minute'],
    ['{n, plural, =0 {none} one {# minute} other {# minutes}}', { n: 1200 }, '1,200 minutes'],
    ['{q, select, good {well} poor {for {name}} other {}}', { q: 'poor', name: 'Joel' }, 'for Joel'],
    ['{n, number, ::.0} %', { n: 2 }, '2.0 %'],
  ])('%s', (message, given, words) => {
    expect(said(message, given)).toBe(words);
  });

  it.each([
    ['{name', /EXPECT_ARGUMENT_CLOSING_BRACE/],
    ['{n, plural, one {#}}', /MISSING_OTHER_CLAUSE/],
    ['{q, select, a {x} other {y}}', /is to be empty/],
    ['{n} of {n, number}', /string and number/],
    ['{when, date}', /not used here/],
  ])('is refused: %s', (message, why) => {
    const tried = () => {
      compile({ part: { message } }, asItIs);
    };
    expect(tried).toThrow(MessageError);
    expect(tried).toThrow(why);
  });

  it('names its arguments with their types', () => {
    const { source } = compile({ a: '{who} has {n, number}' }, { ...asItIs, typed: true });
    expect(source).toContain('({ who, n }: { who: string; n: number }) =>');
    expect(argumentsOf({ a: '{q, select, y {} x {} other {}}' }).get('a')).toEqual(
      new Map([['q', "'x' | 'y'"]]),
    );
  });
});

describe('two languages', () => {
  const english: Messages = { a: { b: 'Hello {name}', c: ['one', 'two'] } };

  it.each<[Messages, string[]]>([
    [{ a: { b: '{name}, hallo', c: ['eins', 'zwei'] } }, []],
    [{ a: { b: 'Hallo {name}', c: ['eins'] } }, ['a.c.1 is missing']],
    [{ a: { b: 'Hallo {name}', c: ['eins', 'zwei'] }, d: 'x' }, ['d is not needed']],
    [
      { a: { b: 'Hallo {nam}', c: ['eins', 'zwei'] } },
      ['a.b has the arguments {nam: string} and not {name: string}'],
    ],
  ])('%j', (other, found) => {
    expect(differences(english, other)).toEqual(found);
  });

  it.each(languages())('%s has the parts, messages and arguments of English', (language) => {
    const own = readCatalogue(language);
    const first = readCatalogue('en');
    expect([...own.keys()]).toEqual([...first.keys()]);
    for (const [part, messages] of first) expect(differences(messages, own.get(part) ?? {})).toEqual([]);
  });
});

describe('the pseudo-language', () => {
  it('is longer, marked, and runs from right to left, but for its ends', () => {
    expect(mirrored(' Mute ')).toBe(' \u202eMúté··\u202c ');
    expect(mirrored(', ')).toBe('\u202e,\u202c ');
    expect(mirrored(' ')).toBe(' ');
  });
});

/** All sentences of a language, as they stand in the catalogue. */
const sentences = languages().flatMap((language) =>
  [...readCatalogue(language)].flatMap(([part, messages]) =>
    flat(messages).map((text): [string, string] => [`${language}/${part}`, text]),
  ),
);

function flat(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(flat) : [];
}

describe('the voice', () => {
  it('is calm and short', () => {
    for (const [where, text] of sentences) {
      expect(text, where).not.toMatch(/!|oops|sorry|please|\berror|invalid|[a-z]_[a-z]/i);
      expect(text, where).not.toMatch(/\b(hoppla|leider|bitte|fehler|ungültig)/i);
      expect(text, where).toBe(text.trim());
      const plain = text.includes('select,') ? '' : text;
      expect(plain.match(/[.?](\s|$)/g)?.length ?? 0, `${where}: ${text}`).toBeLessThanOrEqual(2);
    }
  });

  it('claims nothing that is not so', () => {
    expect(sentences.join(' ')).not.toMatch(/encrypt|record|verschlüssel|aufzeich/i);
  });
});
