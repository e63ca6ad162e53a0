// Makes src/words/gen from the catalogue, for what runs without Vite: the compiler's and the linter's checks.
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const { module } = await runnerImport(resolve(import.meta.dirname, 'catalogue.ts'));
module.writeWords();
