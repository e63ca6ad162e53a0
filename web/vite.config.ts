import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { words } from './catalogue/catalogue.ts';
import { compress, keepWithinBudget, largestFirst } from './packaging.ts';

const OUT = resolve(import.meta.dirname, '../src/visavis/web/dist');

export default defineConfig({
  plugins: [words(), react(), largestFirst(), keepWithinBudget(OUT), compress(OUT)],
  resolve: {
    alias: [
      {
        find: /^\.\/webtransport\.js$/,
        replacement: resolve(import.meta.dirname, 'src/protocol/noWebTransport.ts'),
      },
    ],
  },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    // Icons and small pictures stay files of their own: the page's content policy allows no data: scripts.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // A new connection carries 14 KB in the first round trip, 28 in the second, and so on: three files of
        // 40 KB on three connections are there two round trips before one of 120.
        codeSplitting: {
          groups: [
            { name: 'react', test: /rolldown|node_modules\/(react|react-dom|scheduler)\/|createLucideIcon/ },
            {
              name: 'calls',
              test: /(src\/(call|rtc|protocol|lib)\/(?!layout|scene|voices|VoiceWatch|check|chair|chat|account|home|roomStrings|problemStrings|roomApi|careRules|cameraDetail|linkQuality|LinkStats|nextShortage|sendBudget|testSound|Talk|may|call(?:Strings|Phrases))|zustand|\.io-)/,
            },
          ],
        },
      },
    },
  },
});
