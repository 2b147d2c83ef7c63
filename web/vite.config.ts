// Builds the page into `dist/`: static files that work from any path, and offline after the first
// visit.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { docsPages } from './docs-pages.mjs';
import { fuserWithoutNames } from './without-names.mjs';

export default defineConfig({
  base: './',
  plugins: [
    svelte(),
    docsPages(),
    fuserWithoutNames(),
    VitePWA({
      // A new version waits until every page of the old one is closed: a page never changes
      // under the hands of its user, and never asks for a file that is gone.
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        name: 'meld',
        short_name: 'meld',
        description: 'Fuse WebAssembly components into one core module',
        start_url: './',
        scope: './',
        display: 'standalone',
        theme_color: '#5b3fd6',
        background_color: '#ffffff',
        icons: [{ src: './icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        globPatterns: ['**/*.{html,js,css,svg,json,wasm,gz}'],
        // Binaryen comes when it is asked for: it is larger than all the rest.
        globIgnores: ['**/binaryen-*.js'],
        maximumFileSizeToCacheInBytes: 64 * 1024 * 1024,
        clientsClaim: true,
        cleanupOutdatedCaches: true,
      },
    }),
  ],
  resolve: {
    // The page uses the npm package under a name, as its other users do.
    alias: { 'meld-fuser': fileURLToPath(new URL('./package/dist/index.js', import.meta.url)) },
  },
  worker: { format: 'es', plugins: () => [fuserWithoutNames()] },
  build: { target: 'es2022' },
});
