// What is kept: inputs, options and the result over a reload, settings in a link; what is not after
// starting over. Inputs that are removed and put in another order.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { card, choose, commandLine, copiedLink, download, dropFiles, elsewhere, example, fused, hasInputs, open, says, shownSha256, showsResult, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { demo, examples, inputsOf } from './support/samples.mjs';
import { keeps } from './support/storage.mjs';

async function dropDemo(page, folder) {
  const files = await demo();
  await dropFiles(page, folder, files);
  await fused(page);
  return files;
}

async function reload(page) {
  await page.reload();
  await page.locator('main[aria-busy=false]').waitFor();
}

pageTest('a reload restores inputs, options, tab and result', async ({ page, address, folder }) => {
  await open(page, address);
  const files = await dropDemo(page, folder);
  await choose(page, { output: 'Core module', names: true });
  await page.getByLabel('File name').fill('both.wasm');
  await page.getByRole('button', { name: 'Move app.wasm down' }).click();
  await tab(page, 'Boundaries');
  await fused(page);
  const order = ['greeter.wasm', 'app.wasm'];
  await hasInputs(page, order);
  const before = await shownSha256(page);
  const line = await commandLine(page);

  await keeps(page, order);
  await page.waitForFunction(() => location.hash.includes('tab=boundaries') && location.hash.includes('names=1'));
  await reload(page);
  await fused(page);
  await hasInputs(page, order);
  await page.getByRole('radio', { name: 'Core module', checked: true }).waitFor();
  await page.getByRole('checkbox', { name: 'Keep the names of functions', checked: true }).waitFor();
  await page.getByRole('tab', { name: 'Boundaries', selected: true }).waitFor();
  await shows(() => commandLine(page), line);
  await shows(() => shownSha256(page), before);
  const made = await download(page);
  assert.equal(made.name, 'both.wasm');
  const inputs = order.map((name) => files.find((file) => file.name === name));
  assert.equal(native.sha256(made.bytes), native.sha256(await native.fuse(folder, inputs, ['--names'])));
});

pageTest('memories and WASI are kept, linked and started over', async ({ page, address, folder, browser }) => {
  const { title, inputs } = examples[0];
  const checked = async (where, names) => {
    for (const name of names) await where.getByRole('radio', { name, checked: true }).waitFor();
  };
  await open(page, address);
  await example(page, title);
  await fused(page);
  // A component cannot ask for WASI 0.1.
  await page.getByRole('radio', { name: 'WASI 0.1', disabled: true }).waitFor();
  await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
  await checked(page, ['WASI 0.1', 'One memory']);
  await fused(page);
  const expected = native.sha256(await native.fuse(folder, await inputsOf(examples[0]), ['--wasi', '0.1']));
  await shows(() => shownSha256(page), expected);
  await page.waitForFunction(() => location.hash.includes('wasi=preview1') && location.hash.includes('memory=single'));
  await reload(page);
  await checked(page, ['WASI 0.1', 'One memory']);
  await shows(() => shownSha256(page), expected);
  await elsewhere(browser, await copiedLink(page, address), async (fresh) => {
    await hasInputs(fresh, inputs.map(({ name }) => name));
    await checked(fresh, ['Core module', 'WASI 0.1', 'One memory']);
    await shows(() => shownSha256(fresh), expected);
  });
  // Kept while a component is chosen, which it says nothing to.
  await choose(page, { output: 'Component' });
  await checked(page, ['WASI 0.2', 'One memory']);
  await choose(page, { output: 'Core module' });
  await checked(page, ['WASI 0.1', 'One memory']);
  await page.getByRole('button', { name: 'Start over' }).click();
  await checked(page, ['Component', 'WASI 0.2', 'Several memories']);
}, { permissions: ['clipboard-read', 'clipboard-write'] });

pageTest('starting over clears everything, also for a reload; and can be taken back', async ({ page, address, folder }) => {
  await open(page, address);
  const files = await dropDemo(page, folder);
  const names = files.map(({ name }) => name);
  await choose(page, { output: 'Core module' });
  await fused(page);
  const before = await shownSha256(page);
  await page.getByRole('button', { name: 'Start over' }).click();
  await says(page, /No inputs yet/);
  await hasInputs(page, []);
  await page.getByRole('radio', { name: 'Component', checked: true }).waitFor();

  await page.getByRole('status', { name: 'Notice' }).getByRole('button', { name: 'Undo' }).click();
  await fused(page);
  await hasInputs(page, names);
  await shows(() => shownSha256(page), before);

  await keeps(page, names);
  await page.getByRole('button', { name: 'Start over' }).click();
  await keeps(page, []);
  await page.waitForFunction(() => location.hash === '');
  await reload(page);
  await page.getByRole('heading', { name: 'Begin with an example' }).waitFor();
  await hasInputs(page, []);
  await says(page, /No inputs yet/);
});

pageTest('a link gives the example and the settings to another browser', async ({ page, address, browser }) => {
  const { title, inputs } = examples[0];
  await open(page, address);
  await example(page, title);
  await fused(page);
  await choose(page, { output: 'Core module', names: true });
  await tab(page, 'Result');
  await fused(page);
  const before = await shownSha256(page);
  const link = await copiedLink(page, address);
  await elsewhere(browser, link, async (fresh) => {
    await fused(fresh);
    await hasInputs(fresh, inputs.map(({ name }) => name));
    await fresh.getByRole('radio', { name: 'Core module', checked: true }).waitFor();
    await fresh.getByRole('checkbox', { name: 'Keep the names of functions', checked: true }).waitFor();
    await fresh.getByRole('tab', { name: 'Result', selected: true }).waitFor();
    await shows(() => shownSha256(fresh), before);
  });
}, { permissions: ['clipboard-read', 'clipboard-write'] });

pageTest('a theme is kept, and there before the page itself runs', async ({ page, address }) => {
  await open(page, address);
  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await shows(scheme, 'light dark');
  await page.getByRole('radio', { name: 'Dark theme' }).check();
  await shows(scheme, 'dark');

  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/*.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.reload({ waitUntil: 'commit' });
  await page.locator('#app').waitFor({ state: 'attached' });
  await shows(() => page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  // The page itself is held back, and cannot have done that.
  assert.equal(await page.getByRole('heading').count(), 0);
  release();
  await page.getByRole('radio', { name: 'Dark theme', checked: true }).waitFor();
  await shows(scheme, 'dark');
});

pageTest('inputs are removed and brought into another order', async ({ page, address, folder }) => {
  await open(page, address);
  const files = await dropDemo(page, folder);
  const [app, greeter] = files;
  const alone = await native.fuse(folder, [greeter], ['--component']);
  const turned = await native.fuse(folder, [greeter, app], ['--component']);
  const straight = await native.fuse(folder, [app, greeter], ['--component']);
  await showsResult(page, straight);

  await page.getByRole('button', { name: 'Move greeter.wasm up' }).click();
  await fused(page);
  await hasInputs(page, ['greeter.wasm', 'app.wasm']);
  await showsResult(page, turned);

  // By dragging its grip.
  await card(page, 'app.wasm').locator('[aria-hidden=true]').first().dragTo(card(page, 'greeter.wasm'));
  await hasInputs(page, ['app.wasm', 'greeter.wasm']);
  await fused(page);
  await showsResult(page, straight);

  await page.getByRole('button', { name: 'Remove app.wasm' }).click();
  await fused(page);
  await hasInputs(page, ['greeter.wasm']);
  await showsResult(page, alone);
});

pageTest('an input that is renamed is so in the command line and in errors', async ({ page, address, folder }) => {
  await open(page, address);
  await dropDemo(page, folder);
  await page.getByRole('button', { name: 'Rename greeter.wasm' }).click();
  const name = "it's a library.wasm";
  await card(page, 'greeter.wasm').getByLabel('Name', { exact: true }).fill(name);
  await page.keyboard.press('Enter');
  await card(page, name).getByLabel('Package').fill('demo:library');
  await page.keyboard.press('Enter');
  await fused(page);
  await shows(() => commandLine(page), `meld fuse app.wasm 'demo:library=it'\\''s a library.wasm' -o fused.wasm --component`);
  const [app, greeter] = await demo();
  await native.put(folder, [app, { name, bytes: greeter.bytes }]);
  await native.shell(folder, await commandLine(page));
  await showsResult(page, await readFile(join(folder, 'fused.wasm')));
});
