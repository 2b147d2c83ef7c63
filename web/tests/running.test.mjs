// What is run, and what is said about it: the very module where that can be, imports that the page lacks, files and
// environment, and what is typed, which stays.

import assert from 'node:assert/strict';
import { choose, dropFiles, example, fused, hasInputs, open, showsResult, stubs, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { command, ENDLESS, examples, inputsOf, lacking } from './support/samples.mjs';
import { keeps } from './support/storage.mjs';

const titleOf = (id) => examples.find((one) => one.id === id).title;
const AGREE = 'The runs agree: result, standard output and standard error.';
const INSTEAD = 'The core module itself does not run in the page.';

async function runTab(page) {
  const panel = await tab(page, 'Run');
  await panel.getByRole('form', { name: 'What to run' }).waitFor();
  return panel;
}

pageTest('a core module is run as what it is, or the page says what ran in its place', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('demo'));
  await choose(page, { output: 'Core module' });
  await fused(page);
  const panel = await runTab(page);
  await panel.getByText(INSTEAD).waitFor();
  const instead = panel.getByRole('region', { name: 'Run of Fused, as a component' });
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
  await instead.getByText(/^translated in /).waitFor();

  // On WASI 0.1 it is the module.
  await panel.getByRole('button', { name: 'On WASI 0.1' }).click();
  for (const memory of ['One memory', 'Several memories']) {
    await choose(page, { memory });
    await fused(page);
    await panel.getByText('The fused module runs on WASI 0.1 here').waitFor();
    await panel.getByText(INSTEAD).waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Run both' }).click();
    await panel.getByText(AGREE).waitFor();
    await panel.getByRole('region', { name: 'Run of Fused', exact: true }).getByText(/^compiled in /).waitFor();
  }
});

pageTest('arguments are typed as text or in the form, and the one follows the other', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'endless.wat', bytes: ENDLESS }]);
  await fused(page);
  const panel = await runTab(page);
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('add');
  const text = panel.getByLabel('Arguments as text (WAVE)');
  const [a, b] = ['a u32', 'b u32'].map((name) => panel.getByLabel(name));
  await shows(() => text.inputValue(), '(0, 0)');
  await text.fill('(2, 40)');
  await shows(() => b.inputValue(), '40');
  await a.fill('3');
  await shows(() => text.inputValue(), '(3, 40)');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
  await panel.getByRole('region', { name: 'Run of Fused' }).getByText('43', { exact: true }).waitFor();
  // What is not read does not run, and says why.
  await text.fill('(3, 40');
  await panel.getByText('In the arguments, at the end, ) is expected.').waitFor();
  assert.equal(await text.evaluate((field) => field.validity.valid), false);
  await b.fill('5');
  await shows(() => text.inputValue(), '(3, 5)');
  assert.equal(await text.evaluate((field) => field.validity.valid), true);
});

pageTest('a library on WASI 0.1 is told to run by a component', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('text'));
  await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
  await fused(page);
  const panel = await runTab(page);
  await panel.getByText(INSTEAD).waitFor();
  await panel.getByText('The module is a library').waitFor();
});

/** A command that imports `wasi:http`, and does not call it. */
const importing = () => ({
  name: 'importing.wat',
  bytes: Buffer.from(command('(i32.const 0)').toString().replace('(component', `(component
  (import "wasi:http/types@0.2.3" (instance $types
    (export "fields" (type (sub resource)))
    (export "http-error-code" (func (result u32)))))
  (import "wasi:http/outgoing-handler@0.2.3" (instance $handler (export "handle" (func (result u32)))))`)),
});

pageTest('what WASI 0.3 needs is told by name, with what runs it', async ({ page, address, folder }) => {
  const imported = '(component (import "wasi:cli/environment@0.3.0" (instance (export "get-initial-cwd" (func (result u32)))))';
  const bytes = Buffer.from(command('(i32.const 0)').toString().replace('(component', imported).replace('run@0.2.0', 'run@0.3.0'));
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'later.wat', bytes }]);
  await fused(page);
  const panel = await tab(page, 'Run');
  await panel.getByText('wasi:cli/environment@0.3.0').first().waitFor();
  await panel.getByText('The page has WASI 0.2 and not WASI 0.3').first().waitFor();
  const engines = page.getByRole('region', { name: 'What it needs' }).getByRole('list', { name: 'Engines' });
  await engines.getByText('wasmtime run -S p3 -W component-model-async=y fused.wasm').waitFor();
  await engines.getByText('has no WASI 0.3 for browsers').waitFor();
});

pageTest('what the page does not have is stubbed by a press, and the command runs', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [importing()]);
  await fused(page);
  const panel = await tab(page, 'Run');
  await panel.getByText('It imports what this page does not have:').waitFor();
  await panel.getByText('The page has WASI 0.2 but for wasi:http').waitFor();
  await panel.getByRole('button', { name: 'Stub them, and run' }).click();
  await panel.getByText(AGREE).waitFor();
  await panel.getByRole('region', { name: 'Run of Fused' }).getByText('Exit status 0', { exact: true }).waitFor();
  const options = ['--stub', 'wasi:http/types@0.2.3', '--stub', 'wasi:http/outgoing-handler@0.2.3', '--component'];
  await showsResult(page, await native.fuse(folder, [importing()], options));
  const section = await stubs(page);
  await shows(() => section.getByRole('checkbox', { checked: true }).count(), 2);
  // And it is taken back.
  await page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
  await panel.getByText('It imports what this page does not have:').waitFor();
});

pageTest('imports outside of WASI are stubbed in the same way', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [lacking()]);
  await fused(page);
  const panel = await tab(page, 'Run');
  await panel.getByRole('button', { name: 'Stub them, and run' }).click();
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('seven');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
});

pageTest('what is typed stays, over a change of function, of options and over a reload', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'endless.wat', bytes: ENDLESS }]);
  await fused(page);
  let panel = await runTab(page);
  const choice = () => panel.getByRole('combobox', { name: 'Run', exact: true });
  const field = (name) => panel.getByRole('textbox', { name: new RegExp(`^${name} `) });
  await choice().selectOption('add');
  await field('a').fill('12');
  await field('b').fill('30');
  await choice().selectOption('spin');
  await choice().selectOption('add');
  await shows(() => field('a').inputValue(), '12');
  await choose(page, { output: 'Core module' });
  await fused(page);
  await shows(() => field('b').inputValue(), '30');
  await keeps(page, ['endless.wat']);
  await page.waitForFunction(() => location.hash.includes('output=core-module'));
  await page.reload();
  panel = await runTab(page);
  await shows(async () => [await field('a').inputValue(), await field('b').inputValue()], ['12', '30']);
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
  await shows(() => panel.getByLabel('Result of Unfused').innerText(), '42');
  // What did not run says nothing of an earlier run.
  await field('a').fill('many');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByRole('alert').getByText(/^Not run: /).waitFor();
  await shows(() => panel.getByText(AGREE).count(), 0);
  await panel.getByRole('button', { name: 'Clear' }).click();
  await shows(async () => [await field('a').inputValue(), await field('b').inputValue()], ['0', '0']);
});

pageTest('arguments and standard input of a command stay', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('stdin'));
  await fused(page);
  let panel = await runTab(page);
  await panel.getByLabel('Standard input').fill('Zoë\n');
  await panel.getByLabel(/^Arguments/).fill('English');
  await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
  await fused(page);
  await shows(() => panel.getByLabel('Standard input').inputValue(), 'Zoë\n');
  await page.waitForFunction(() => location.hash.includes('wasi=preview1'));
  await hasInputs(page, ['reception.wasm', 'greeter.wasm']);
  await keeps(page, ['reception.wasm', 'greeter.wasm']);
  await page.reload();
  panel = await runTab(page);
  await shows(async () => [await panel.getByLabel(/^Arguments/).inputValue(), await panel.getByLabel('Standard input').inputValue()], ['English', 'Zoë\n']);
});

pageTest('a name in any case is a float', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('values'));
  await fused(page);
  const panel = await runTab(page);
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('area');
  await panel.getByRole('combobox', { name: /^figure / }).selectOption('circle');
  await panel.getByRole('textbox', { name: /^circle / }).fill('NaN');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
  await shows(() => panel.getByLabel('Result of Fused').innerText(), 'some(nan)');
});

pageTest('a command finds files and an environment, and what it writes is shown, on both WASIs', async ({ page, address, folder }) => {
  const one = examples.find(({ id }) => id === 'files');
  await open(page, address);
  await example(page, one.title);
  await fused(page);
  const panel = await runTab(page);
  for (const change of [{}, { output: 'Core module', wasi: 'WASI 0.1' }]) {
    await choose(page, change);
    await fused(page);
    await panel.getByRole('button', { name: 'Run both' }).click();
    await panel.getByText(AGREE).waitFor();
    for (const of of ['Fused', 'Unfused']) {
      await panel.getByRole('region', { name: `Run of ${of}` }).getByText('Exit status 0', { exact: true }).waitFor();
      const files = panel.getByRole('list', { name: `Files written by ${of}` });
      await files.getByText('out/counted.txt').click();
      await shows(async () => (await files.locator('pre').innerText()).trim(), 'Zoë: a.txt has 2 lines');
    }
  }
  const inputs = await inputsOf(one);
  assert.ok(inputs.length > 0);
});
