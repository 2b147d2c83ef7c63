// How inputs are composed besides by their types: in order, and with imports stubbed. The results, and what is told
// about them, are the native command's.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cells, choose, commandLine, copiedLink, dropFiles, elsewhere, fused, hasInputs, open, says, showsResult, stub, stubs, tab } from './support/actions.mjs';
import { holds, shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { demo, examples, lacking, middleware } from './support/samples.mjs';
import { keeps } from './support/storage.mjs';

const AGREE = 'The runs agree: result, standard output and standard error.';

const order = (page) => page.getByRole('checkbox', { name: 'Compose in order' });
const imports = (panel) => panel.getByRole('region', { name: 'Imports and what meets them' });
const graph = (panel) => panel.getByRole('figure', { name: 'Graph of the connections' });

/** What the switch says about itself. */
const described = (page) => order(page).evaluate((box) => document.getElementById(box.getAttribute('aria-describedby')).innerText);

/** What the rows of stubs are called, with what is said about each, and whether they are checked. */
const rows = (section) =>
  section.getByRole('listitem').evaluateAll((all) => all.map((row) => [row.innerText.trim().replace(/\s+/g, ' '), row.querySelector('input').checked]));

/** The command line on the page makes what the page makes. */
async function isCommands(page, folder, line) {
  await shows(() => commandLine(page), line);
  await native.shell(folder, line);
  await showsResult(page, await readFile(join(folder, 'fused.wasm')));
}

async function run(panel, of, end) {
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption(of);
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
  for (const label of ['Fused', 'Unfused']) await end(label);
}

const gives = (panel, value) => (label) => shows(() => panel.getByLabel(`Result of ${label}`).innerText(), value, label);

pageTest('inputs in order: fused, drawn, run and told as a pipe', async ({ page, address, folder }) => {
  const inputs = middleware();
  const [double, next, number] = inputs;
  await open(page, address);
  await dropFiles(page, folder, inputs);
  // By itself meld does not choose.
  await says(page, /Not fused/);
  const panel = await tab(page, 'Connections');
  await panel.getByText('could be met by').first().waitFor();

  await order(page).check();
  await fused(page);
  await isCommands(page, folder, 'meld fuse double.wat next.wat number.wat --in-order -o fused.wasm --component');
  const { wiring } = await native.inspect(folder, inputs, ['--in-order']);
  const told = wiring.connections.map(({ instance, import: name, 'met-by': { export: of } }) => [
    name,
    wiring.instances[instance].name,
    `met by ${of.name} of ${wiring.instances[of.instance].name}`,
  ]);
  assert.equal(told.length, 2);
  await shows(() => cells(imports(panel)), told);
  /** The parts of the graph from left to right. */
  const drawn = () => graph(panel).locator('.svelte-flow__node').evaluateAll((nodes) =>
    nodes.map((node) => [node.getBoundingClientRect().left, node.querySelector('strong').innerText]).sort(([a], [b]) => a - b).map(([, name]) => name));
  await shows(drawn, ['Exports', 'double.wat', 'next.wat', 'number.wat']);

  const runs = await tab(page, 'Run');
  await run(runs, 'get', gives(runs, '44'));
  await page.getByRole('button', { name: 'Move next.wat up' }).click();
  await hasInputs(page, ['next.wat', 'double.wat', 'number.wat']);
  await showsResult(page, await native.fuse(folder, [next, double, number], ['--in-order', '--component']));
  await run(runs, 'get', gives(runs, '43'));
  await tab(page, 'Connections');
  await shows(drawn, ['Exports', 'next.wat', 'double.wat', 'number.wat']);
});

pageTest('in order, inputs that do not follow each other are drawn in order too', async ({ page, address, folder }) => {
  const [double, , number] = middleware();
  const other = { ...number, name: 'other.wat' };
  await open(page, address);
  await dropFiles(page, folder, [double, number, other]);
  await order(page).check();
  const panel = await tab(page, 'Connections');
  await panel.getByRole('row').filter({ hasText: 'met by test:n/number of number.wat' }).waitFor();
  const left = (name) => graph(panel).getByRole('group', { name: new RegExp(`^${name}`) }).evaluate((node) => node.getBoundingClientRect().left);
  await holds(async () => [await left('double.wat'), await left('number.wat'), await left('other.wat')], ([a, b, c]) => a < b && b < c);
});

pageTest('an order is of use for several inputs without a document, and says so', async ({ page, address, folder }) => {
  const inputs = middleware();
  await open(page, address);
  await dropFiles(page, folder, inputs.slice(2));
  await fused(page);
  await shows(() => order(page).isDisabled(), true);
  await shows(() => described(page), 'An order needs two inputs or more.');
  await dropFiles(page, folder, inputs.slice(0, 1));
  await shows(() => described(page), 'Each import is met by the nearest input below it that fits.');
  await order(page).check();
  await page.getByRole('button', { name: 'Move double.wat up' }).click();
  await isCommands(page, folder, 'meld fuse double.wat number.wat --in-order -o fused.wasm --component');

  await page.getByRole('checkbox', { name: 'Compose by a WAC document' }).check();
  await shows(() => order(page).isDisabled(), true);
  await shows(() => order(page).isChecked(), false);
  await shows(() => described(page), 'The WAC document says how they are composed.');
  const text = 'package test:whole;\nlet n = new test:number {};\nlet d = new test:double { "test:n/number": n["test:n/number"] };\nexport d...;\n';
  await page.getByRole('textbox', { name: 'WAC document' }).fill(text);
  for (const [name, pack] of [['double.wat', 'test:double'], ['number.wat', 'test:number']]) {
    await page.getByRole('article', { name: `Input ${name}` }).getByLabel('Package').fill(pack);
    await page.keyboard.press('Enter');
  }
  await fused(page);
  await native.put(folder, [{ name: 'composition.wac', bytes: text }]);
  await isCommands(page, folder, 'meld fuse test:double=double.wat test:number=number.wat --wac composition.wac -o fused.wasm --component');
  // The order is there again without the document.
  await page.getByRole('checkbox', { name: 'Compose by a WAC document' }).uncheck();
  await shows(() => order(page).isChecked(), true);
  await fused(page);
});

pageTest('what nothing reaches is listed and stubbed; what is stubbed traps, and lets the rest run', async ({ page, address, folder }) => {
  const input = lacking();
  await open(page, address);
  await dropFiles(page, folder, [input]);
  await fused(page);
  const { unreached } = (await native.inspect(folder, [input])).fusion.possible;
  assert.deepEqual(unreached, ['test:n/idle']);
  const inspected = await tab(page, 'Inspect');
  await shows(() => inspected.getByRole('list', { name: 'Imports that nothing reaches' }).getByRole('listitem').allInnerTexts(), unreached);
  const runs = await tab(page, 'Run');
  await runs.getByText('It imports what this page does not have:').waitFor();

  const section = await stubs(page);
  await shows(() => rows(section), [['test:n/used', false], ['test:n/idle nothing reaches it', false]]);
  await section.getByRole('button', { name: 'Stub the 1 import that nothing reaches' }).click();
  await fused(page);
  await isCommands(page, folder, 'meld fuse lacking.wat --stub test:n/idle -o fused.wasm --component');
  await section.getByRole('button', { name: /^Stub the / }).waitFor({ state: 'detached' });
  await shows(() => rows(section), [['test:n/used', false], ['test:n/idle nothing reaches it', true]]);

  await section.getByRole('checkbox', { name: 'test:n/used' }).check();
  await fused(page);
  await isCommands(page, folder, 'meld fuse lacking.wat --stub test:n/idle --stub test:n/used -o fused.wasm --component');
  await run(runs, 'seven', gives(runs, '7'));
  await run(runs, 'ask', (label) => runs.getByRole('region', { name: `Run of ${label}` }).getByText(/^Trap/).first().waitFor());
});

pageTest('stubs among several inputs: in the list, the table and the graph, by names and by patterns', async ({ page, address, folder }) => {
  const inputs = await demo();
  await open(page, address);
  await dropFiles(page, folder, inputs);
  await fused(page);
  const section = await stubs(page);
  const { wiring } = await native.inspect(folder, inputs);
  const hosted = [...new Set(wiring.connections.filter(({ 'met-by': by }) => by === 'host').map((one) => one.import))];
  await shows(async () => (await rows(section)).map(([name]) => name).sort(), hosted.sort());

  const options = ['--stub', 'wasi:cli/exit@0.2.6', '--stub', 'wasi:cli/terminal-*'];
  await section.getByRole('checkbox', { name: 'wasi:cli/exit@0.2.6' }).check();
  await stub(page, 'wasi:cli/terminal-*');
  await fused(page);
  await isCommands(page, folder, "meld fuse app.wasm greeter.wasm --stub wasi:cli/exit@0.2.6 --stub 'wasi:cli/terminal-*' -o fused.wasm --component");
  const checked = async () => (await rows(section)).filter(([, checked]) => checked).map(([name]) => name).sort();
  const terminal = hosted.filter((name) => name.startsWith('wasi:cli/terminal-'));
  await shows(checked, ['wasi:cli/exit@0.2.6', `wasi:cli/terminal-* ${terminal.length} imports`, ...terminal.map((name) => `${name} by wasi:cli/terminal-*`)].sort());

  const panel = await tab(page, 'Connections');
  const { connections, instances } = (await native.inspect(folder, inputs, options)).wiring;
  const gone = connections.filter(({ 'met-by': by }) => by === 'stub');
  assert.equal(gone.length, 2 * (terminal.length + 1));
  await panel.getByLabel('Show imports').selectOption(`stubbed: ${gone.length}`);
  await shows(() => cells(imports(panel)), gone.map(({ instance, import: name }) => [name, instances[instance].name, 'a stub, which traps']));
  const drawn = graph(panel).getByRole('group', { name: `Stubs ${terminal.length + 1} imports, which trap`, exact: true });
  for (const name of [...terminal, 'wasi:cli/exit@0.2.6']) await drawn.getByText(name, { exact: true }).waitFor();
  await graph(panel).getByRole('group', { name: `Host ${hosted.length - terminal.length - 1} imports`, exact: true }).waitFor();

  // A pattern goes with its check.
  await section.getByRole('checkbox', { name: 'wasi:cli/terminal-*' }).first().click();
  await shows(async () => (await checked()).length, 1);
  await section.getByRole('checkbox', { name: 'wasi:cli/exit@0.2.6' }).uncheck();
  await fused(page);
  await showsResult(page, await native.fuse(folder, inputs, ['--component']));
  await drawn.waitFor({ state: 'detached' });
});

pageTest('a stub that cannot be is an error beside the stubs, as the command tells it', async ({ page, address, folder }) => {
  const inputs = await demo();
  await open(page, address);
  await dropFiles(page, folder, inputs);
  await fused(page);
  for (const pattern of ['wasi:nothing', 'wasi:io/error@0.2.6']) {
    const { code, message, hint } = await native.refusal(folder, inputs, ['--stub', pattern]);
    assert.equal(code, 'invalid-option');
    assert.doesNotMatch(message + hint, /--\w/, 'the page has no arguments');
    await stub(page, pattern);
    await says(page, /Not fused: invalid-option in the stubs/);
    const section = await stubs(page);
    const note = section.getByRole('group', { name: 'Error invalid-option' });
    await shows(() => note.innerText(), `invalid-option ${message}\n\nHint: ${hint}`.replaceAll('`', ''));
    await section.getByRole('checkbox', { name: pattern }).click();
    await fused(page);
    await note.waitFor({ state: 'detached' });
  }
  // What an address says that no input has.
  await page.evaluate(() => (location.hash = 'stub=wasi:nothing&stub=wasi:nothing'));
  await says(page, /Not fused: invalid-option in the stubs/);
  await shows(async () => (await rows(await stubs(page)))[0], ['wasi:nothing names no import', true]);
});

pageTest('order and stubs are kept over a reload, and can be taken back with what was cleared', async ({ page, address, folder }) => {
  const inputs = middleware().slice(0, 2);
  const names = inputs.map(({ name }) => name);
  await open(page, address);
  await dropFiles(page, folder, inputs);
  await order(page).check();
  await stub(page, 'test:n/*');
  const expected = await native.fuse(folder, inputs, ['--in-order', '--stub', 'test:n/*', '--component']);
  await showsResult(page, expected);
  await keeps(page, names);
  await page.waitForFunction(() => location.hash.includes('in-order=1') && location.hash.includes('stub=test'));
  // By what the browser keeps, without the address.
  await page.goto('about:blank');
  await open(page, address);
  await hasInputs(page, names);
  await shows(() => order(page).isChecked(), true);
  await showsResult(page, expected);

  await page.getByRole('button', { name: 'Start over' }).click();
  await says(page, /No inputs yet/);
  await dropFiles(page, folder, inputs);
  await says(page, /Not fused/);
  await shows(() => order(page).isChecked(), false);
  await page.getByText('none', { exact: true }).waitFor();
});

pageTest('a link gives order and stubs to another browser', async ({ page, address, browser, folder }) => {
  const example = examples.find(({ id }) => id === 'demo');
  await open(page, `${address}#example=${example.id}`);
  await fused(page);
  await order(page).check();
  await stub(page, 'wasi:cli/terminal-*');
  await stub(page, 'wasi:cli/exit@0.2.6');
  const expected = await native.fuse(folder, await demo(), ['--in-order', '--stub', 'wasi:cli/terminal-*', '--stub', 'wasi:cli/exit@0.2.6', '--component']);
  await showsResult(page, expected);
  const link = await copiedLink(page, address);
  await elsewhere(browser, link, async (fresh) => {
    await showsResult(fresh, expected);
    await shows(() => order(fresh).isChecked(), true);
    await shows(() => commandLine(fresh), await commandLine(page));
  });
}, { permissions: ['clipboard-read', 'clipboard-write'] });

pageTest('what is reserved in one memory: chosen from its parts, told, linked, and refused where it is too little', async ({ page, address, browser, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, await demo());
  await choose(page, { output: 'Core module', wasi: 'WASI 0.1', memory: 'One memory' });
  await fused(page);
  await page.getByText('Reserve memory', { exact: true }).click();
  const part = page.getByRole('textbox', { name: 'Reserve for greeter.wasm/main' });
  const told = page.getByText(/^0x[0-9a-f]+, \d+ bytes, up to 16777216: /).first();
  await told.waitFor();
  const reserve = async (size) => {
    await part.fill(size);
    await part.press('Enter');
  };
  await reserve('lots');
  await page.getByRole('alert').getByText('It is a number of bytes, or a number with KiB, MiB or GiB').waitFor();
  await reserve('32 MiB');
  const line = 'meld fuse app.wasm greeter.wasm -o fused.wasm --wasi 0.1 --reserve greeter.wasm/main=32MiB';
  await isCommands(page, folder, line);
  await page.getByText(/^0x[0-9a-f]+, \d+ bytes, up to 33554432: /).waitFor();

  const link = await copiedLink(page, address);
  await elsewhere(browser, link, async (other) => {
    await fused(other);
    await shows(() => commandLine(other), line);
  });

  await reserve('1KiB');
  await page.getByRole('group', { name: 'Error invalid-option' }).getByText('1024 bytes are reserved for').waitFor();
  await reserve('');
  await isCommands(page, folder, 'meld fuse app.wasm greeter.wasm -o fused.wasm --wasi 0.1');
}, { permissions: ['clipboard-read', 'clipboard-write'] });
