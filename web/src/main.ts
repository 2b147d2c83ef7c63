// Starts the page, and what serves it when there is no network.

import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';

const target = document.getElementById('app');
if (target) mount(App, { target });

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // Relative to the page, which may be at any path. Not there from `file:` or without https.
  navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch((error: unknown) => {
    console.info('The page does not work offline:', error);
  });
}
