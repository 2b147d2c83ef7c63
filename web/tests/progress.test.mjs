// A large input: fusing shows how far it has come, the page answers meanwhile, and it can be stopped.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { download, drop, fused, open, says } from './support/actions.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { large } from './support/samples.mjs';

/** What takes so much that a slow machine has to be waited for. */
const PATIENCE = 10 * 60_000;

const progressbar = (page) => page.getByRole('progressbar', { name: 'Fusing' });

/** Drops the large inputs and begins to fuse; all that the progress bar then says, as it says it. */
async function begin(page, paths) {
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
  await page.getByRole('button', { name: 'Fuse', exact: true }).click();
  await progressbar(page).waitFor();
}

pageTest('30 MB: progress is seen while the page answers, and the bytes are the command\'s', async ({ page, address, folder }) => {
  const paths = await large();
  await open(page, address);
  await begin(page, paths);

  // Each of these is answered before fusing ends.
  await page.getByRole('radio', { name: 'Dark theme' }).check();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
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

  const inputs = await Promise.all(paths.map(async (path) => ({ name: basename(path), bytes: await readFile(path) })));
  const { bytes } = await download(page);
  assert.equal(native.sha256(bytes), native.sha256(await native.fuse(folder, inputs, ['--component'])));
});

pageTest('30 MB: fusing is stopped, and begins again when asked', async ({ page, address }) => {
  await open(page, address);
  await begin(page, await large());
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await says(page, /Stopped/);
  await progressbar(page).waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('button', { name: 'Download' }).count(), 0);
  await page.getByRole('button', { name: 'Fuse', exact: true }).click();
  await fused(page);
});
