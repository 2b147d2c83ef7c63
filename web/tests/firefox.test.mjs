// The page in Firefox: dropping, fusing, running, links, what is kept. What is tested in detail is so in Chromium.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CONDITION, holds, shows } from './support/eventually.mjs';
import { launchFirefox } from './support/firefox.mjs';
import * as native from './support/native.mjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist } from './support/places.mjs';
import { demo } from './support/samples.mjs';
import { serve } from './support/server.mjs';

let browser;
let server;
let folder;
before(async () => {
  server = await serve(dist);
  folder = await mkdtemp(join(tmpdir(), 'meld-firefox-'));
  browser = await launchFirefox();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true });
});

async function newPage() {
  const page = await browser.newPage();
  page.setDefaultTimeout(CONDITION);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  return { page, errors };
}

/** Opens the page and waits until it is ready for the user. */
async function open(page, address) {
  await page.goto(address);
  await page.waitForSelector('main[aria-busy=false] :is(li, [role=tab])');
}

/** Drops files as the page gets them from a drag: BiDi has no drags of files. */
const dropFiles = (page, files) =>
  page.evaluate((files) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of files) transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
    for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') })));

const text = (page, selector) => page.evaluate((selector) => document.querySelector(selector)?.textContent ?? '', selector);
const sha256 = (page) => text(page, 'code[aria-label="SHA-256"]');
const names = (page) => page.evaluate(() => [...document.querySelectorAll('article')].map((card) => card.getAttribute('aria-label')));
const press = (page, name) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();

test('dropping, fusing, running, a link to another tab, and a reload', { timeout: 3 * CONDITION }, async () => {
  const files = await demo();
  const expected = native.sha256(await native.fuse(folder, files, ['--component']));
  const { page, errors } = await newPage();
  await open(page, server.address);
  await dropFiles(page, files);
  await shows(() => sha256(page), expected);
  await shows(() => names(page), ['Input app.wasm', 'Input greeter.wasm']);

  // Both sides run, and agree.
  await page.locator('#tab-run').click();
  await press(page, 'Run both');
  await holds(() => text(page, '.compared'), (said) => /^\s*The runs agree/.test(said));
  await holds(() => text(page, 'pre[aria-label="Standard output of Fused"]'), (said) => said.length > 0);

  // The core module on WASI 0.1, with several memories.
  await page.evaluate(() => document.querySelector('input[value=core-module]').click());
  await page.evaluate(() => document.querySelector('input[value=preview1]').click());
  await page.evaluate(() => document.querySelector('input[value=multi]').click());
  const module = native.sha256(await native.fuse(folder, files, ['--wasi', '0.1', '--memory', 'multi']));
  await shows(() => sha256(page), module);
  await holds(() => text(page, '.said'), (said) => /runs on WASI 0\.1 here/.test(said));
  await press(page, 'Run both');
  await holds(() => text(page, '.compared'), (said) => /^\s*The runs agree/.test(said));

  // A link carries both inputs to a tab beside it, and neither disturbs the other.
  await page.evaluate(() => (navigator.clipboard.writeText = (text) => ((window.copied = text), Promise.resolve())));
  await press(page, 'Share');
  await press(page, 'Copy link');
  const link = await holds(() => page.evaluate(() => window.copied ?? ''), (copied) => copied.startsWith(server.address));
  const other = await newPage();
  await open(other.page, link);
  await shows(() => sha256(other.page), module);
  await press(other.page, 'Start over');
  await shows(() => names(other.page), []);

  // What is kept, after a reload.
  await page.reload();
  await page.waitForSelector('main[aria-busy=false]');
  await shows(() => names(page), ['Input app.wasm', 'Input greeter.wasm']);
  await shows(() => sha256(page), module);
  assert.deepEqual([...errors, ...other.errors], []);
});
