// Without a network: after the first visit the page comes, and works, with the server gone.

import assert from 'node:assert/strict';
import { example, fused, hasInputs, open, showsResult, tab } from './support/actions.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { dist } from './support/places.mjs';
import { examples, inputsOf } from './support/samples.mjs';
import { serve } from './support/server.mjs';

pageTest('with the server gone, a reload gives the page, and all of it works', async ({ page, folder }) => {
  const server = await serve(dist);
  await open(page, server.address);
  await page.evaluate(() => navigator.serviceWorker.ready);
  // Nothing but the first page has been shown: what else there is, the service worker has fetched.
  await server.stop();
  await assert.rejects(fetch(server.address));

  await page.reload();
  await page.locator('main[aria-busy=false]').waitFor();
  const one = examples.find(({ id }) => id === 'demo');
  await example(page, one.title);
  await fused(page);
  await showsResult(page, await native.fuse(folder, await inputsOf(one), ['--component']));
  for (const name of ['Inspect', 'Connections', 'Result', 'Boundaries', 'Text']) await tab(page, name);
  const panel = await tab(page, 'Run');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText('The runs agree').waitFor();

  // A link, too.
  const other = await page.context().newPage();
  await open(other, `${server.address}#example=${one.id}&tab=result`);
  await fused(other);
  await hasInputs(other, one.inputs.map(({ name }) => name));
}, { serviceWorkers: 'allow' });
