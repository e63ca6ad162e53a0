/** The words in src/words/LANGUAGE/PART.json, compiled to src/words/gen: English part by part, as the pages are
 *  loaded; every other language as one file, which is loaded when it is chosen. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { compile, differences, MessageError, type Messages } from './compile.ts';
import { mirrored } from './pseudo.ts';

const WORDS = resolve(import.meta.dirname, '../src/words');
const GENERATED = join(WORDS, 'gen');
const HEAD = '// Made from the catalogue beside this folder; see catalogue/catalogue.ts.\n';

/** Every part of a language, by name. */
export type Catalogue = ReadonlyMap<string, Messages>;

export function readCatalogue(language: string): Catalogue {
  const folder = join(WORDS, language);
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => [
        basename(name, '.json'),
        JSON.parse(readFileSync(join(folder, name), 'utf-8')) as Messages,
      ]),
  );
}

export function languages(): string[] {
  return Object.keys(JSON.parse(readFileSync(join(WORDS, 'languages.json'), 'utf-8')) as object);
}

/** Makes the words anew; throws MessageError where a language lacks something. */
export function writeWords(): void {
  const english = readCatalogue('en');
  mkdirSync(GENERATED, { recursive: true });
  for (const [part, messages] of english) write(`en.${part}`, englishPart(part, messages));
  write('catalogue', typesOf([...english.keys()]));
  for (const language of languages().filter((name) => name !== 'en')) {
    const words = readCatalogue(language);
    refuseDifferences(language, english, words);
    write(
      language,
      otherLanguage(words, (piece) => piece),
    );
  }
  write('pseudo', otherLanguage(english, mirrored));
}

/** Keeps the words of the build, the tests and the development server at what the catalogue says. */
export function words(): Plugin {
  return {
    name: 'words',
    config: writeWords,
    configureServer({ watcher, config }) {
      watcher.on('change', (file) => {
        if (!file.startsWith(WORDS) || !file.endsWith('.json')) return;
        try {
          writeWords();
        } catch (error) {
          config.logger.error(String(error));
        }
      });
    },
  };
}

function refuseDifferences(language: string, english: Catalogue, other: Catalogue): void {
  const found = [...english].flatMap(([part, messages]) =>
    differences(messages, other.get(part) ?? {}).map((what) => `${language}/${part}.json: ${what}`),
  );
  if (found.length > 0) throw new MessageError(`The languages differ:\n${found.join('\n')}`);
}

function englishPart(part: string, messages: Messages): string {
  const { source, uses } = compile(messages, { typed: true, text: (piece) => piece });
  return `${formatsOf(uses)}export const ${part} = ${source};\n`;
}

function otherLanguage(catalogue: Catalogue, text: (piece: string) => string): string {
  const parts = [...catalogue].map(([part, messages]) => ({
    part,
    ...compile(messages, { typed: false, text }),
  }));
  const uses = new Set(parts.flatMap((compiled) => [...compiled.uses]));
  const body = parts.map(({ part, source }) => `${part}: ${source}`).join(',\n');
  return `import type { Catalogue } from './catalogue';\n${formatsOf(uses)}export const words: Catalogue = { ${body} };\n`;
}

function typesOf(parts: readonly string[]): string {
  const imports = parts.map((part) => `import type { ${part} } from './en.${part}';\n`);
  const fields = parts.map((part) => `  readonly ${part}: typeof ${part};\n`);
  return `${imports.join('')}export interface Catalogue {\n${fields.join('')}}\n`;
}

function formatsOf(uses: ReadonlySet<string>): string {
  return uses.size === 0 ? '' : `import { ${[...uses].sort().join(', ')} } from '../formats';\n`;
}

/** Only what has changed is written, so that nothing else is built anew. */
function write(name: string, source: string): void {
  const file = join(GENERATED, `${name}.ts`);
  const text = HEAD + source;
  try {
    if (readFileSync(file, 'utf-8') === text) return;
  } catch {
    // It is not there yet.
  }
  rmSync(file, { force: true });
  writeFileSync(file, text);
}
