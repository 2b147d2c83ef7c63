// Several tabs, links and undo: nothing that somebody has on the page is lost to another tab, to a link or to a
// reload.

import assert from 'node:assert/strict';
import { dropFiles, example, fused, hasInputs, open, says, showsResult } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { demo, ENDLESS, examples, middleware } from './support/samples.mjs';
import { keeps } from './support/storage.mjs';

const titleOf = (id) => examples.find((one) => one.id === id).title;
const OTHER = [{ name: 'endless.wat', bytes: ENDLESS }];

async function reload(page) {
  await page.reload();
  await page.locator('main[aria-busy=false]').waitFor();
}

/** Waits until the page has written its address, which then is its own. */
const addressed = (page) => page.waitForFunction(() => history.state?.meld && location.hash !== '');

/** Drops the demo, and waits until it is kept. */
async function withDemo(page, address, folder) {
  await open(page, address);
  await dropFiles(page, folder, await demo());
  await fused(page);
  await keeps(page, ['app.wasm', 'greeter.wasm']);
  await addressed(page);
}

pageTest('each tab keeps its own work, over a reload too', async ({ page, address, folder }) => {
  await withDemo(page, address, folder);
  const other = await page.context().newPage();
  await open(other, address);
  await other.getByRole('heading', { name: 'Begin with an example' }).waitFor();
  await hasInputs(other, []);
  await dropFiles(other, folder, OTHER);
  await fused(other);
  await keeps(other, ['endless.wat']);

  await reload(page);
  await hasInputs(page, ['app.wasm', 'greeter.wasm']);
  await reload(other);
  await hasInputs(other, ['endless.wat']);
  await keeps(page, ['app.wasm', 'greeter.wasm']);
});

pageTest('a new tab takes up the last work where no other is open; more of it is listed, and can be opened', async ({ page, address, folder }) => {
  await withDemo(page, address, folder);
  const other = await page.context().newPage();
  await open(other, address);
  await dropFiles(other, folder, OTHER);
  await fused(other);
  await keeps(other, ['endless.wat']);
  await page.close();
  await other.close();

  const again = await folderlessPage(other, address);
  await hasInputs(again, ['endless.wat']);
  await again.getByRole('button', { name: 'Start over' }).click();
  const earlier = again.getByRole('list', { name: 'Earlier work' });
  await earlier.getByRole('button', { name: /app\.wasm/ }).click();
  await hasInputs(again, ['app.wasm', 'greeter.wasm']);
  await keeps(again, ['app.wasm', 'greeter.wasm']);
  await reload(again);
  await hasInputs(again, ['app.wasm', 'greeter.wasm']);
  await fused(again);
  await showsResult(again, await native.fuse(folder, await demo(), ['--component']));
});

async function folderlessPage(closed, address) {
  const page = await closed.context().newPage();
  await open(page, address);
  return page;
}

pageTest('a tab that is copied goes on by itself', async ({ page, address, folder }) => {
  await withDemo(page, address, folder);
  // As a browser copies a tab: with its memory.
  const [copy] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => void window.open(location.href))]);
  await copy.locator('main[aria-busy=false]').waitFor();
  await hasInputs(copy, ['app.wasm', 'greeter.wasm']);
  await copy.getByRole('button', { name: 'Remove app.wasm' }).click();
  await keeps(copy, ['greeter.wasm']);
  await reload(page);
  await hasInputs(page, ['app.wasm', 'greeter.wasm']);
  await reload(copy);
  await hasInputs(copy, ['greeter.wasm']);
});

for (const [what, hash] of [
  ['an example', 'example=chain'],
  ['a document', 'wac=package%20a%3Ab%3B&wac-name=b.wac'],
]) {
  pageTest(`a link with ${what} asks before it takes the place of work, and can be opened beside it`, async ({ page, address, folder }) => {
    await withDemo(page, address, folder);
    const link = `${address}#${hash}`;
    const dialog = page.getByRole('dialog', { name: /^Open .* here\?$/ });
    await page.evaluate((hash) => (location.hash = hash), hash);
    await dialog.getByText(/take the place of app\.wasm, greeter\.wasm/).waitFor();

    // Left as it is: the work and its address stay.
    await dialog.getByRole('button', { name: 'Leave it as it is' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await hasInputs(page, ['app.wasm', 'greeter.wasm']);
    await page.waitForFunction((hash) => !location.hash.includes(hash), hash);

    // Beside it.
    await page.evaluate((hash) => (location.hash = hash), hash);
    const beside = dialog.getByRole('button', { name: 'Open it in another tab' });
    const [other] = await Promise.all([page.context().waitForEvent('page'), beside.click()]);
    await other.locator('main[aria-busy=false]').waitFor();
    await shows(() => page.getByRole('article', { name: /^Input / }).count(), 2);
    assert.equal(await other.getByRole('article', { name: 'Input app.wasm' }).count(), 0);

    // In the tab itself, loaded anew.
    await page.goto('about:blank');
    await page.goto(link);
    await dialog.getByRole('button', { name: 'Put it in their place' }).click();
    if (what === 'an example') await hasInputs(page, examples.find(({ id }) => id === 'chain').inputs.map(({ name }) => name));
    else await shows(() => page.getByRole('textbox', { name: 'WAC document' }).inputValue(), 'package a:b;');
    await page.getByRole('status', { name: 'Notice' }).getByRole('button', { name: 'Undo' }).click();
    await hasInputs(page, ['app.wasm', 'greeter.wasm']);
    await fused(page);
  });
}

pageTest('an example gives way to a link without a question, and can be taken back', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('demo'));
  await fused(page);
  await addressed(page);
  await page.evaluate(() => (location.hash = 'example=chain'));
  await hasInputs(page, examples.find(({ id }) => id === 'chain').inputs.map(({ name }) => name));
  await page.getByRole('status', { name: 'Notice' }).getByRole('button', { name: 'Undo' }).click();
  await hasInputs(page, ['app.wasm', 'greeter.wasm']);
});

pageTest('what was removed or cleared is taken back after a reload, by the button and by the keys', async ({ page, address, folder }) => {
  await withDemo(page, address, folder);
  await page.getByRole('button', { name: 'Remove greeter.wasm' }).click();
  await keeps(page, ['app.wasm']);
  await reload(page);
  await hasInputs(page, ['app.wasm']);
  await page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
  await hasInputs(page, ['app.wasm', 'greeter.wasm']);
  await fused(page);
  await page.getByRole('banner').getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Start over' }).click();
  await keeps(page, []);
  await reload(page);
  await hasInputs(page, []);
  await page.getByRole('banner').getByRole('button', { name: 'Undo' }).waitFor();
  await page.keyboard.press('Control+Z');
  await hasInputs(page, ['app.wasm', 'greeter.wasm']);
  await showsResult(page, await native.fuse(folder, await demo(), ['--component']));
});

pageTest('where the storage is full, the page says so, and how full', async ({ page, address, folder }) => {
  await page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no', 'QuotaExceededError');
    };
    navigator.storage.estimate = () => Promise.resolve({ usage: 811_000_000, quota: 900_000_000 });
  });
  await open(page, address);
  await dropFiles(page, folder, middleware().slice(2));
  await page.getByRole('status', { name: 'Notice' }).getByText(/not kept for a reload: there is no room in the browser's storage, which gives this site 900 MB and has 811 MB of it in use/).waitFor();
  await says(page, /Fused/);
});
