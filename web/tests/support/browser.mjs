// Contexts in Chromium, and whatever a page complains about: errors and warnings on the console,
// uncaught errors, requests that fail.

import { CONDITION } from './eventually.mjs';

export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

/** What the page complains about, in words. */
export function complaintsOf(context) {
  const complaints = [];
  context.on('console', (message) => {
    const text = message.text();
    // Playwright's own words for what keeps tests apart.
    if (text === 'Service Worker registration blocked by Playwright') return;
    if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(`${message.type()} on the console: ${text}`);
  });
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().stack ?? error.error()}`));
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // A reload ends what is under way, such as the request for the icon.
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${why}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  return complaints;
}

export async function newContext(of, options = {}) {
  const context = await of.newContext({ viewport: WIDE, serviceWorkers: 'block', ...options });
  context.setDefaultTimeout(CONDITION);
  return context;
}
