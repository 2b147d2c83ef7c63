// Tests of the page: one Chromium and one server for all tests of a file, for each test a browser
// context of its own. A test fails for whatever the page complains about.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { complaintsOf, newContext } from './browser.mjs';
import { launch } from './chromium.mjs';
import { dist } from './places.mjs';
import { serve } from './server.mjs';

const COMPLAINED = 'the page complained';
/** For one test, in milliseconds: only what hangs takes as long. */
const LONGEST = 15 * 60_000;

let browser;
let server;
before(async () => {
  server = await serve(dist);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/**
 * A test with a page. `body` gets the page, not yet at any address; the page's address; the browser;
 * and an empty folder. `options` are those of a browser context, and `complains`, what the page is to complain about.
 */
export function pageTest(name, body, { complains, ...options } = {}) {
  test(name, { timeout: LONGEST }, async () => {
    const context = await newContext(browser, options);
    const complaints = complaintsOf(context);
    const folder = await mkdtemp(join(tmpdir(), 'meld-page-'));
    try {
      const page = await context.newPage();
      await body({ page, browser, folder, address: server.address });
      assert.deepEqual(complaints.filter((one) => !complains?.test(one)), [], COMPLAINED);
      assert.ok(!complains || complaints.length > 0, 'it complains');
    } catch (error) {
      // What went wrong in the page is most often why the test fails.
      if (!error.message.startsWith(COMPLAINED) && complaints.length > 0) error.message += `\n${COMPLAINED}: ${complaints.join('\n')}`;
      throw error;
    } finally {
      await context.close();
      await rm(folder, { recursive: true });
    }
  });
}
