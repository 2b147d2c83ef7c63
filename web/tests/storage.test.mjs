// What the browser keeps for the page may be damaged, missing or silent: the page comes up, says so, and from then
// on keeps what there is to keep.

import { dropFiles, fused, hasInputs, open, says, showsResult, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { demo } from './support/samples.mjs';
import { keeps, put, putBytes, putWork, removeBytes, removeWork, replaceDatabase, workOf } from './support/storage.mjs';

const NAMES = ['app.wasm', 'greeter.wasm'];
const notice = (page) => page.getByRole('status', { name: 'Notice' });
const tells = (page, pattern) => notice(page).filter({ hasText: pattern }).waitFor();

/** Opens the page where something is kept that is then damaged, and opens it anew. No address says the settings. */
async function openDamaged(page, address, folder, damage) {
  await open(page, address);
  await dropFiles(page, folder, await demo());
  await fused(page);
  await keeps(page, NAMES);
  await damage(page, await workOf(page));
  await page.goto('about:blank');
  await open(page, address);
}

/** The page works, and what it has is there again after a reload, without a word. */
async function isKept(page, address, folder) {
  await fused(page);
  await hasInputs(page, NAMES);
  const whole = await native.fuse(folder, await demo(), ['--component']);
  await showsResult(page, whole);
  await keeps(page, NAMES);
  await page.goto('about:blank');
  await open(page, address);
  await hasInputs(page, NAMES);
  await fused(page);
  await showsResult(page, whole);
  await shows(() => notice(page).innerText(), '');
}

for (const [what, damage] of [
  ['a number', () => 7],
  ['null', () => null],
  ['no list', ({ settings }) => ({ inputs: 5, settings })],
  ['a list of anything', ({ settings }) => ({ inputs: [null, 5, {}, { id: 1, name: 2, package: 3 }], settings })],
  ['inputs without a name', ({ inputs, settings }) => ({ inputs: inputs.map(({ id }) => ({ id })), settings })],
]) {
  pageTest(`the last work is damaged, ${what}: that is said, and new work is kept`, async ({ page, address, folder }) => {
    await openDamaged(page, address, folder, (page, work) => putWork(page, damage(work)));
    await tells(page, /damaged/);
    await says(page, /No inputs yet/);
    await dropFiles(page, folder, await demo());
    await isKept(page, address, folder);
  });
}

pageTest('the record of the last work is gone, and not its bytes', async ({ page, address, folder }) => {
  await openDamaged(page, address, folder, (page) => removeWork(page));
  await tells(page, /damaged/);
  await dropFiles(page, folder, await demo());
  await isKept(page, address, folder);
});

for (const [what, damage] of [
  ['of another type', (page, id) => putBytes(page, id, 'no bytes')],
  ['an object', (page, id) => putBytes(page, id, { length: 3 })],
  ['gone', (page, id) => removeBytes(page, id)],
]) {
  pageTest(`the bytes of an input are ${what}: the others are there, and it is told by its name`, async ({ page, address, folder }) => {
    await openDamaged(page, address, folder, (page, { inputs }) => damage(page, inputs[1].id));
    await tells(page, /greeter\.wasm was not kept whole, and has to be added again/);
    await hasInputs(page, ['app.wasm']);
    await fused(page);
    await dropFiles(page, folder, (await demo()).slice(1));
    await hasInputs(page, NAMES);
    await isKept(page, address, folder);
  });
}

pageTest('two inputs of one id: one of them is there', async ({ page, address, folder }) => {
  await openDamaged(page, address, folder, (page, { inputs: [app], settings }) => putWork(page, { inputs: [app, { ...app, name: 'greeter.wasm' }], settings }));
  await tells(page, /greeter\.wasm was not kept whole/);
  await hasInputs(page, ['app.wasm']);
});

for (const [what, settings] of [
  ['wrong in every part', { output: 'nothing', names: 3, wac: { name: 5 }, fileName: null, tab: 'elsewhere', example: {} }],
  ['no settings', 'none'],
  ['gone', undefined],
]) {
  pageTest(`settings that are ${what} are those of the beginning`, async ({ page, address, folder }) => {
    await openDamaged(page, address, folder, (page, { inputs }) => putWork(page, { inputs, settings }));
    await tells(page, /settings are damaged/);
    await page.getByRole('tab', { name: 'Inspect', selected: true }).waitFor();
    await page.getByRole('radio', { name: 'Component', checked: true }).waitFor();
    await isKept(page, address, folder);
  });
}

pageTest('settings that are wrong in one part are kept in the others', async ({ page, address, folder }) => {
  await openDamaged(page, address, folder, (page, { inputs, settings }) => putWork(page, { inputs, settings: { ...settings, output: 7, fileName: 'both.wasm', tab: 'result' } }));
  await tells(page, /settings are damaged/);
  await page.getByRole('tab', { name: 'Result', selected: true }).waitFor();
  await shows(() => page.getByLabel('File name').inputValue(), 'both.wasm');
  await isKept(page, address, folder);
});

pageTest('records under other keys are in nobody\'s way', async ({ page, address, folder }) => {
  await openDamaged(page, address, folder, async (page) => {
    for (const key of [5, ['a', 1], 'bytes:nobody', '']) await put(page, key, 'anything');
  });
  await isKept(page, address, folder);
});

for (const [what, keyPath] of [['without the store', null], ['with a store of another kind', 'id']]) {
  pageTest(`a database ${what} is made anew`, async ({ page, address, folder }) => {
    const blank = `${address}blank.html`;
    await page.route(blank, (route) => route.fulfill({ contentType: 'text/html', body: '<link rel="icon" href="data:,">' }));
    await page.goto(blank);
    await replaceDatabase(page, keyPath);
    await open(page, address);
    await dropFiles(page, folder, await demo());
    await isKept(page, address, folder);
  });
}

for (const [what, script, pattern] of [
  ['never answers', () => (IDBFactory.prototype.open = () => new EventTarget()), /Nothing will be kept for a reload.*does not answer/],
  ['is not there', () => (IDBFactory.prototype.open = () => { throw new DOMException('no storage here', 'SecurityError'); }), /Nothing will be kept for a reload.*no storage here/],
]) {
  pageTest(`a storage that ${what}: the page comes up, says so, and works`, async ({ page, address, folder }) => {
    await page.addInitScript(script);
    await open(page, address);
    await page.getByRole('heading', { name: 'Begin with an example' }).waitFor();
    await tells(page, pattern);
    const files = await demo();
    await dropFiles(page, folder, files);
    await fused(page);
    await showsResult(page, await native.fuse(folder, files, ['--component']));
    await tab(page, 'Connections');
    await page.getByRole('button', { name: 'Start over' }).click();
    await says(page, /No inputs yet/);
  });
}

pageTest('a theme that is none is the system\'s', async ({ page, address }) => {
  await page.addInitScript(() => localStorage.setItem('meld-theme', 'purple'));
  await open(page, address);
  await page.getByRole('radio', { name: 'System theme', checked: true }).waitFor();
});
