/** What becomes of the built files: each is compressed once, and what the lobby needs is counted. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Before the lobby works, gzipped, in bytes: a slow line takes a second for each 100 KB or so. */
const BUDGET = { scripts: 120_000, all: 150_000 };

const TEXT = new Set(['.html', '.js', '.css', '.svg', '.txt', '.json', '.webmanifest']);

/** The largest script is named first: it gets the connection that is open already, and is there no later than
 *  the others on theirs. The small ones that are no modules come last; nothing is painted before them. */
export function largestFirst(): Plugin {
  return {
    name: 'largest-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const sizeOf = (tag: string) => {
          const built = bundle[/"\/([^"]+\.js)"/.exec(tag)?.[1] ?? ''];
          return built?.type === 'chunk' ? built.code.length : 0;
        };
        const scripts = html.match(SCRIPT_TAG) ?? [];
        const ordered = scripts.toSorted((a, b) => sizeOf(b) - sizeOf(a));
        const early = html.match(PLAIN_SCRIPT_TAG) ?? [];
        return html
          .replace(SCRIPT_TAG, () => ordered.shift() ?? '')
          .replace(PLAIN_SCRIPT_TAG, '')
          .replace('</head>', `${early.join('')}</head>`);
      },
    },
  };
}

const SCRIPT_TAG = /<link rel="modulepreload"[^>]*>|<script type="module"[^>]*><\/script>/g;
const PLAIN_SCRIPT_TAG = /<script src="[^"]*"><\/script>/g;

/** Beside each text file of the build a `.br` and a `.gz`, where they are smaller. */
export function compress(folder: string): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    closeBundle() {
      for (const file of filesIn(folder).filter((name) => TEXT.has(extname(name)))) {
        const body = readFileSync(file);
        const brotli = brotliCompressSync(body, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
        });
        const zipped = gzipSync(body, { level: 9 });
        if (brotli.length < body.length) writeFileSync(`${file}.br`, brotli);
        if (zipped.length < body.length) writeFileSync(`${file}.gz`, zipped);
      }
    },
  };
}

/** Ends the build with an error where the page has grown too large: all that index.html names is counted. */
export function keepWithinBudget(folder: string): Plugin {
  return {
    name: 'keep-within-budget',
    apply: 'build',
    closeBundle() {
      const page = readFileSync(join(folder, 'index.html'), 'utf-8');
      const named = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) =>
        join(folder, path ?? ''),
      );
      const sizeOf = (files: readonly string[]) =>
        files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
      const scripts = sizeOf(named.filter((file) => extname(file) === '.js'));
      const all = sizeOf([join(folder, 'index.html'), ...named]);
      const found = `scripts ${scripts} of ${BUDGET.scripts} bytes, all ${all} of ${BUDGET.all} bytes, gzipped`;
      if (scripts > BUDGET.scripts || all > BUDGET.all) {
        throw new Error(`The page has grown too large for the lobby: ${found}. Load something of it later.`);
      }
      this.info(found);
    },
  };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf-8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
