/** Builds the pages of tests/e2e that need no server: each one script, put into an empty page. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    outDir: '../.build/test',
    emptyOutDir: true,
    target: 'es2022',
    lib: { entry: 'test/glare.ts', formats: ['iife'], name: 'glare', fileName: () => 'glare.js' },
  },
});
