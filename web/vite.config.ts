import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../src/visavis/web/dist',
    emptyOutDir: true,
    target: 'es2022',
    // Icons and small pictures stay files of their own: the page's content policy allows no data: scripts.
    assetsInlineLimit: 0,
  },
});
