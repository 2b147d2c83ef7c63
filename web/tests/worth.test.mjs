// What fusing is worth, and where things went: calls that are repeated, what a result needs, a choice by a press, the
// way from a boundary to its text, what stays in sight.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choose, dropFiles, example, fused, hasInputs, open, says, showsResult, tab } from './support/actions.mjs';
import { eventually, shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { root } from './support/places.mjs';
import { demo, ENDLESS, examples, misfits } from './support/samples.mjs';

const titleOf = (id) => examples.find((one) => one.id === id).title;

async function runTab(page) {
  const panel = await tab(page, 'Run');
  await panel.getByRole('form', { name: 'What to run' }).waitFor();
  return panel;
}

pageTest('a call is repeated on both sides, and the ratio is told', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'endless.wat', bytes: ENDLESS }]);
  await fused(page);
  const panel = await runTab(page);
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('add');
  const repeat = panel.getByRole('region', { name: 'Repeat the call' });
  for (const times of ['1', '100000']) {
    await repeat.getByLabel('Times', { exact: true }).selectOption(times);
    await repeat.getByRole('button', { name: 'Repeat', exact: true }).click();
    const rows = repeat.getByRole('table', { name: 'Times of a call' }).getByRole('rowheader');
    await shows(() => rows.allInnerTexts(), ['Fused', 'Unfused']);
    await repeat.getByText(`${Number(times).toLocaleString('en')} calls of each`).waitFor();
  }
  await repeat.getByText(/Fused is .* times as (fast|slow) as unfused/).waitFor();
});

pageTest('what fusing is worth is measured on the first screen', async ({ page, address }) => {
  await page.route('**/store.wasm.gz', (route) => route.abort());
  await open(page, address);
  const measure = page.getByRole('button', { name: 'Measure it here' });
  await measure.click();
  await page.getByText(/^Not measured: ./).waitFor();
  await page.unroute('**/store.wasm.gz');
  await measure.click();
  const time = String.raw`[\d.]+ (ns|µs|ms)`;
  const said = String.raw`Here, a call of gallery\.size through 3 components takes ${time} composed and ${time} fused, [\d.]+ times as (fast|slow): medians of 20,000 calls\.`;
  await page.getByText(new RegExp(said.replaceAll(' ', String.raw`\s+`))).waitFor();
  // Nothing of it is among the inputs.
  await hasInputs(page, []);
}, { complains: /store\.wasm\.gz|ERR_FAILED/ });

pageTest('a call that does not end is stopped while it is repeated, and one that makes handles is not repeated', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'endless.wat', bytes: ENDLESS }]);
  await fused(page);
  const panel = await runTab(page);
  const repeat = panel.getByRole('region', { name: 'Repeat the call' });
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('spin');
  await repeat.getByRole('button', { name: 'Repeat', exact: true }).click();
  await panel.getByRole('region', { name: 'Run of Fused' }).getByText('Running…').waitFor();
  await repeat.getByRole('button', { name: 'Stop' }).click();
  await repeat.getByRole('alert').getByText('Not measured: Fused: stopped').waitFor();
  await page.getByRole('button', { name: 'Start over' }).click();
  await example(page, titleOf('chain'));
  await fused(page);
  const again = await runTab(page);
  await again.getByRole('combobox', { name: 'Run', exact: true }).selectOption('gallery');
  await again.getByText('A call of it makes a handle, and is not repeated.').waitFor();
});

/** What the command says of the features of a result, as a component or inside one. */
async function needed(folder, bytes) {
  const { component } = await native.inspect(folder, [{ name: 'result.wasm', bytes }]);
  const modules = (of) => of.definitions.flatMap((one) => ('component' in one ? modules(one.component) : [one['core-module']]));
  return [...new Set(modules(component).flatMap(({ features }) => features))].sort();
}

pageTest('what a result needs is told beside it: features, imports, engines with their commands', async ({ page, address, folder }) => {
  const files = await demo();
  const document = await readFile(join(root, 'docs/ENGINES.md'), 'utf8');
  await open(page, address);
  await dropFiles(page, folder, files);
  await fused(page);
  const needs = page.getByRole('region', { name: 'What it needs' });
  const engines = needs.getByRole('list', { name: 'Engines' });
  const features = () => needs.getByRole('list', { name: 'Features' }).getByRole('listitem').allInnerTexts();
  const of = await needed(folder, await native.fuse(folder, files, ['--component']));
  await eventually(async () => {
    const [first, ...rest] = await features();
    assert.match(first, /^\d memories in one module$/);
    assert.deepEqual(rest, of.filter((name) => name !== 'multi-memory'));
  });
  await engines.getByText('wasmtime run fused.wasm').waitFor();
  await engines.getByText('jco transpile --multi-memory fused.wasm -o out').waitFor();
  await needs.getByText(/^\d+ imports of the host$/).click();
  await needs.getByRole('list', { name: 'Imports of the result' }).getByText('wasi:cli/stdout@0.2.6', { exact: true }).waitFor();

  await choose(page, { memory: 'One memory' });
  await fused(page);
  await engines.getByText('jco transpile fused.wasm -o out').waitFor();
  await shows(async () => (await features()).some((text) => /memories/.test(text)), false);

  await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
  await fused(page);
  // Where the result was gone for long enough to be seen so, the imports are folded again.
  const hidden = { includeHidden: true };
  await shows(async () => {
    const imports = needs.getByRole('list', { name: 'Imports of the result', ...hidden }).getByRole('listitem', hidden);
    return (await imports.allTextContents()).map((text) => text.trim());
  }, ['wasi_snapshot_preview1']);
  const names = await engines.locator('strong').allInnerTexts();
  assert.ok(names.length > 4);
  for (const name of names) assert.ok(document.includes(name), `docs/ENGINES.md has ${name}`);
});

pageTest('a choice among exports is a press, which writes the document', async ({ page, address, folder }) => {
  const inputs = misfits['ambiguous-import']();
  await open(page, address);
  await dropFiles(page, folder, inputs);
  await says(page, /Not fused/);
  const panel = await tab(page, 'Connections');
  const form = panel.getByRole('form', { name: 'What is meant?' });
  await form.getByRole('radio', { name: /^two\.wat/ }).check();
  await form.getByRole('button', { name: 'Write the WAC document' }).click();
  await fused(page);
  await form.waitFor({ state: 'detached' });
  await panel.getByRole('row').filter({ hasText: 'test:n/in' }).getByText(/met by test:n\/in of two/).waitFor();
  const text = await page.getByRole('textbox', { name: 'WAC document' }).inputValue();
  await showsResult(page, await native.fuse(folder, inputs, ['--component'], { name: 'composition.wac', text }));
  const runs = await runTab(page);
  await runs.getByRole('combobox', { name: 'Run', exact: true }).selectOption({ index: 0 });
  await runs.getByRole('button', { name: 'Run both' }).click();
  await runs.getByText('The runs agree').waitFor();
});

pageTest('a boundary leads to its adapter in the text of the result', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, await demo());
  await fused(page);
  const panel = await tab(page, 'Boundaries');
  const row = panel.getByRole('row').filter({ hasText: 'guest-book.names' });
  await row.getByRole('button', { name: 'adapter' }).click();
  const text = page.getByRole('region', { name: 'Text of the result', exact: true });
  await text.getByText(/func \$.*app\.wasm -> greeter\.wasm.*guest-book\.names/).first().waitFor();
});

pageTest('fuse, status and download stay in sight with many inputs', async ({ page, address, folder }) => {
  const inputs = Array.from({ length: 15 }, (_, at) => ({ name: `input-${at}.wat`, bytes: ENDLESS }));
  await open(page, address);
  await dropFiles(page, folder, inputs);
  await says(page, /Not fused|Fused/);
  const inView = (locator) => locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
  for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
    await page.setViewportSize(viewport);
    await shows(() => inView(page.getByRole('button', { name: 'Fuse', exact: true })), true, `${viewport.width} wide`);
    await shows(() => inView(page.getByRole('status', { name: 'Status' })), true);
  }
});
