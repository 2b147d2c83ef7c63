// A large input: fusing shows how far it has come, the page answers meanwhile, and it can be stopped at any
// time, also in the middle of a step.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { download, drop, dropFiles, fused, noResult, open, says, showsResult, status } from './support/actions.mjs';
import { eventually, shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { demo, large } from './support/samples.mjs';

/** What takes so much that a slow machine has to be waited for. */
const PATIENCE = 10 * 60_000;

const progressbar = (page) => page.getByRole('progressbar', { name: 'Fusing' });

/** Drops the large inputs, and keeps in the page all that the progress bar says, as it says it. */
async function dropLarge(page, paths) {
  page.setDefaultTimeout(PATIENCE);
  await drop(page, paths);
  await says(page, /Ready to fuse/);
  await page.evaluate(() => {
    window.told = [];
    new MutationObserver(() => {
      const bar = document.querySelector('[role=progressbar]');
      if (bar) window.told.push([Number(bar.ariaValueNow), bar.ariaValueText]);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

/**
 * Fuses until what is claimed of a fusion under way holds of one. On a loaded machine it can be done before the
 * test has come to ask anything.
 */
function whileFusing(page, claim) {
  return eventually(async () => {
    await says(page, /Ready to fuse|Fused:/);
    await page.getByRole('radio', { name: 'Light theme' }).check();
    await page.getByRole('tab', { name: 'Inspect' }).click();
    await page.evaluate(() => (window.told = []));
    await page.getByRole('button', { name: 'Fuse', exact: true }).click();
    await claim();
  }, PATIENCE);
}

pageTest('30 MB: progress is seen while the page answers, and the bytes are the command\'s', async ({ page, address, folder }) => {
  const paths = await large();
  await open(page, address);
  await dropLarge(page, paths);
  await whileFusing(page, async () => {
    // Each of these is answered before fusing ends.
    await page.getByRole('radio', { name: 'Dark theme' }).check();
    await page.locator(':root[data-theme=dark]').waitFor();
    await page.getByRole('tab', { name: 'Connections' }).click();
    await page.getByRole('tabpanel', { name: 'Connections' }).waitFor();
    assert.equal(await progressbar(page).count(), 1, 'it is still being fused');

    await fused(page);
    const told = await page.evaluate(() => window.told);
    const values = [...new Set(told.map(([value]) => value))];
    const phases = [...new Set(told.map(([, text]) => text.replace(/:.*/, '')))];
    // One for each frame that was painted meanwhile, at the most.
    assert.ok(values.length >= 5, `values: ${values}`);
    assert.deepEqual(values, values.toSorted((a, b) => a - b), 'it only grows');
    for (const phase of ['Compose', 'Read', 'Link', 'Merge', 'Wrap']) assert.ok(phases.includes(phase), `${phase} is not among ${phases}`);
  });

  const inputs = await Promise.all(paths.map(async (path) => ({ name: basename(path), bytes: await readFile(path) })));
  const { bytes } = await download(page);
  assert.equal(native.sha256(bytes), native.sha256(await native.fuse(folder, inputs, ['--component'])));
});

pageTest('30 MB: fusing is stopped, and begins again when asked', async ({ page, address }) => {
  await open(page, address);
  await dropLarge(page, await large());
  await whileFusing(page, async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).or(page.getByText(/Fused:/)).waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click({ timeout: 10_000 });
    // The click can have come when it was done.
    await says(page, /Stopped|Fused:/);
    assert.match(await status(page).textContent(), /Stopped/);
  });
  await progressbar(page).waitFor({ state: 'detached' });
  await noResult(page);
  await page.getByRole('button', { name: 'Fuse', exact: true }).click();
  await fused(page);
});

/**
 * Opens the page with a worker that does not come back from the first step of a fusion, and hears no word from the page.
 * Gives the workers that the browser has told of; the page counts those that it makes.
 */
async function openEndless(page, address) {
  const endless = `
    addEventListener('message', ({ data }) => {
      if (data.path?.join() === 'fuse') for (;;);
    }, { capture: true });
  `;
  await page.route('**/fuser.worker*.js', async (route) => {
    try {
      const response = await route.fetch();
      await route.fulfill({ response, body: endless + (await response.text()) });
    } catch (error) {
      // A worker that has ended before it had its text, and a route that is taken back, need none.
      if (!/already handled|has been closed|context disposed/.test(error.message)) throw error;
    }
  });
  await page.addInitScript(() => {
    window.made = 0;
    window.Worker = class extends Worker {
      constructor(...args) {
        super(...args);
        window.made += 1;
      }
    };
  });
  const told = new Set();
  page.on('worker', (worker) => told.add(worker));
  await open(page, address);
  return told;
}

pageTest('a fusion is stopped in the middle of a step, however long: its worker ends', async ({ page, address, folder }) => {
  const files = await demo();
  const workers = await openEndless(page, address);
  await dropFiles(page, folder, files);
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  // The one at work can be shown before the browser has told of it, and is then never seen to end.
  await shows(async () => workers.size - (await page.evaluate(() => window.made)), 0, 'the workers not told of');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await says(page, /Stopped/);
  await noResult(page);
  await shows(() => workers.size - page.workers().length, 1, 'the workers that ended');

  await page.unroute('**/fuser.worker*.js');
  await page.getByRole('button', { name: 'Fuse', exact: true }).click();
  await fused(page);
  await showsResult(page, await native.fuse(folder, files, ['--component']));
});

pageTest('what is asked for right after a stop does not end with the worker', async ({ page, address, folder }) => {
  const files = await demo();
  await openEndless(page, address);
  await dropFiles(page, folder, files);
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  await page.unroute('**/fuser.worker*.js');
  await page.evaluate(async () => {
    const button = (name) => [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === name);
    button('Stop').click();
    while (!button('Fuse') || button('Fuse').disabled) await new Promise(requestAnimationFrame);
    button('Fuse').click();
  });
  await fused(page);
  await showsResult(page, await native.fuse(folder, files, ['--component']));
});
