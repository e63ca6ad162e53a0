/** The gallery as files, for the tests and the pictures: each state is opened in a fraction of the time that the
 *  development server takes. */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { words } from '../catalogue/catalogue.ts';

export default defineConfig({
  root: resolve(import.meta.dirname),
  base: './',
  plugins: [words(), react()],
  build: {
    outDir: resolve(import.meta.dirname, '../../.build/gallery-site'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // Components keep their names: a test counts which are drawn anew.
    minify: false,
  },
});
