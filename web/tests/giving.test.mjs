// What is given to the page and is not what it seems: pasted text of several languages, a file dropped again, core
// modules in a folder; and the document that a work begins with.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { cells, commandLine, drop, dropFiles, example, fused, hasInputs, open, says, showsResult, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { command, demo, examples, middleware } from './support/samples.mjs';

const notice = (page) => page.getByRole('status', { name: 'Notice' });
const titleOf = (id) => examples.find((one) => one.id === id).title;
const wac = (page) => page.getByRole('checkbox', { name: 'Compose by a WAC document' });

async function paste(page, text) {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.keyboard.press('Control+V');
}

pageTest('pasted text that is no WAC becomes no document', async ({ page, address }) => {
  await open(page, address);
  for (const [text, words] of [
    ['package demo:greetings;\n\ninterface greet { hello: func() -> string; }\nworld app { import greet; export greet; }\n', /^Not taken: This is WIT/],
    ['interface a { f: func(); }', /^Not taken: This is WIT/],
    ['Dear all, please find attached', /^Not taken: This is no component/],
  ]) {
    await paste(page, text);
    await notice(page).getByText(words).waitFor();
    await shows(() => wac(page).isChecked(), false, text);
    await hasInputs(page, []);
    await notice(page).getByRole('button', { name: 'Close the notice' }).click();
    await page.getByRole('button', { name: 'Paste text' }).click();
    const dialog = page.getByRole('dialog', { name: 'Paste text' });
    await dialog.getByRole('textbox').fill(text);
    await shows(() => dialog.getByRole('button', { name: 'Add', exact: true }).isDisabled(), true);
    await dialog.getByRole('textbox').fill('');
    await dialog.getByRole('button', { name: 'Close' }).click();
  }
  await paste(page, '// a comment\npackage a:b;\nlet x = new c:d { ... };\nexport x...;');
  await shows(() => wac(page).isChecked(), true);
}, { permissions: ['clipboard-read', 'clipboard-write'] });

pageTest('an address that is pasted is fetched', async ({ page, address, folder }) => {
  const input = { name: 'ends.wat', bytes: command('(i32.const 0)') };
  await page.route('**/elsewhere/ends.wat', (route) => route.fulfill({ body: input.bytes, contentType: 'text/plain' }));
  await open(page, address);
  await paste(page, `${address}elsewhere/ends.wat\n`);
  await hasInputs(page, ['ends.wat']);
  await showsResult(page, await native.fuse(folder, [input], ['--component']));
}, { permissions: ['clipboard-read', 'clipboard-write'] });

pageTest('a file that is dropped again takes the place of the old one, or stands beside it', async ({ page, address, folder }) => {
  const [double, next, number] = middleware();
  await open(page, address);
  await dropFiles(page, folder, [double, number]);
  await fused(page);
  const newer = { name: double.name, bytes: next.bytes };
  const dialog = page.getByRole('dialog', { name: 'An input of this name is here' });
  await dropFiles(page, folder, [newer]);
  await dialog.getByRole('button', { name: 'Leave it as it is' }).click();
  await showsResult(page, await native.fuse(folder, [double, number], ['--component']));
  await dropFiles(page, folder, [newer]);
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await hasInputs(page, ['double.wat', 'number.wat']);
  await showsResult(page, await native.fuse(folder, [newer, number], ['--component']));
  await notice(page).getByRole('button', { name: 'Undo' }).click();
  await showsResult(page, await native.fuse(folder, [double, number], ['--component']));
  await dropFiles(page, folder, [double]);
  await dialog.getByRole('button', { name: 'Add beside' }).click();
  await hasInputs(page, ['double.wat', 'number.wat', 'double.wat']);
});

pageTest('core modules in a folder are left aside, and told; one that is dropped by itself is told too', async ({ page, address, folder }) => {
  const module = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  await native.put(folder, [...(await demo()).map(({ name, bytes }) => ({ name: `out/${name}`, bytes })), { name: 'out/core.wasm', bytes: module }, { name: 'out/text.wat', bytes: '(module)' }]);
  await open(page, address);
  await drop(page, [join(folder, 'out')]);
  await fused(page);
  await hasInputs(page, ['out/app.wasm', 'out/greeter.wasm']);
  await notice(page).getByText('Left aside 2 core modules: out/core.wasm, out/text.wat.').waitFor();
  await drop(page, [join(folder, 'out/core.wasm')]);
  await says(page, /Not fused: 1 input cannot be fused/);
});

for (const [what, begin] of [
  ['a program and its library', (page) => example(page, titleOf('demo'))],
  ['three components with resources', (page) => example(page, titleOf('chain'))],
  ['inputs in order', async (page, folder) => {
    await dropFiles(page, folder, middleware());
    await page.getByRole('checkbox', { name: 'Compose in order' }).check();
  }],
]) {
  pageTest(`a document begins with what is connected now: ${what}`, async ({ page, address, folder }) => {
    await open(page, address);
    await begin(page, folder);
    await fused(page);
    const panel = await tab(page, 'Connections');
    const table = panel.getByRole('region', { name: 'Imports and what meets them' });
    await table.getByRole('rowheader').first().waitFor();
    /** Without names of instances: a document has names of its own. */
    const connected = async () => (await cells(table)).map(([name, , how]) => [name, how.replace(/ of .*/, '')]).sort().map(String);
    const before = await connected();
    await wac(page).check();
    await fused(page);
    await page.getByRole('textbox', { name: 'WAC document' }).waitFor();
    assert.match(await page.getByRole('textbox', { name: 'WAC document' }).inputValue(), /^package local:composition;\n\nlet /);
    await shows(connected, before);
    assert.match(await commandLine(page), /--wac composition\.wac/);
    const runs = await tab(page, 'Run');
    await runs.getByRole('form', { name: 'What to run' }).waitFor();
    await runs.getByRole('button', { name: 'Run both' }).click();
    await runs.getByText('The runs agree').waitFor();
  });
}
