// What the page tells of inputs and of a result is what the native command tells.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cells, choose, dropFiles, fused, open, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { demo } from './support/samples.mjs';

async function dropDemo(page, folder) {
  const files = await demo();
  await dropFiles(page, folder, files);
  await fused(page);
  return files;
}

const figure = (text) => Number(text.replaceAll(',', ''));

/** A table's rows by their first cells. */
const byHeader = async (table, of) => Object.fromEntries((await cells(table)).map(([name, ...rest]) => [name, of(...rest)]));

pageTest('inspect: WIT, sections and features of each input', async ({ page, address, folder }) => {
  await open(page, address);
  const files = await dropDemo(page, folder);
  const panel = await tab(page, 'Inspect');
  for (const file of files) {
    const { wit, component } = await native.inspect(folder, [file]);
    await page.getByRole('article', { name: `Input ${file.name}` }).getByRole('button', { name: file.name, exact: true }).click();
    const sections = panel.getByRole('table', { name: 'Sections of component 0' });
    const sizes = (table) => byHeader(table, (_share, bytes) => figure(bytes));
    await shows(() => sizes(sections), Object.fromEntries(component.sections.map(({ kind, bytes }) => [kind, bytes])));
    await shows(async () => (await panel.getByLabel('WIT', { exact: true }).innerText()).trim(), wit.trim());

    const modules = component.definitions.flatMap((one) => one['core-module'] ?? []);
    const needed = [...new Set(modules.flatMap(({ features }) => features))];
    assert.ok(needed.length > 0);
    for (const feature of needed) await panel.getByText(feature, { exact: true }).first().waitFor();

    // A core module, unfolded.
    const [module] = modules;
    const title = `core module ${module.number}`;
    const part = panel.getByRole('group').filter({ has: page.getByText(title, { exact: true }) }).last();
    const table = part.getByRole('table', { name: `Sections of ${title}` });
    // What is unfolded stays so when another input is chosen.
    if ((await table.count()) === 0) await part.getByText(title, { exact: true }).click();
    await shows(() => sizes(table), Object.fromEntries(module.sections.map(({ kind, bytes }) => [kind, bytes])));
    await part.getByText(`${module.functions} functions`).waitFor();
  }
});

pageTest('result: the figures, and the sizes of all sections', async ({ page, address, folder }) => {
  await open(page, address);
  const files = await dropDemo(page, folder);
  const panel = await tab(page, 'Result');
  const statistics = await native.statistics(folder, files, ['--component']);
  const table = (name) => panel.getByRole('region', { name }).getByRole('table');
  await shows(() => byHeader(table('Figures'), figure), {
    'Calls that became direct': statistics['direct-calls'],
    'Calls through an adapter': statistics.adapters,
    'Functions imported from the host': statistics['host-imports'],
    'Functions exported': statistics.exports,
    'Resource types': statistics['resource-types'],
    'Handle tables': statistics['handle-tables'],
  });

  /** What a table tells of something, before and after. */
  const told = async (name, what) => (await byHeader(table(name), (before, after) => [figure(before), figure(after)]))[what];
  await shows(() => told('Before and after', 'Bytes'), [statistics['input-bytes'], statistics['output-bytes']]);
  const result = await native.fuse(folder, files, ['--component']);
  const inspected = [...files, { name: 'fused.wasm', bytes: result }].map((file) => native.inspect(folder, [file]));
  const parts = (await Promise.all(inspected)).map(({ component }) => flatten(component));
  const [after, before] = [parts.at(-1), parts.slice(0, -1).flat()];
  const count = (of, what) => of.reduce((sum, part) => sum + what(part), 0);
  const modules = (of) => of.filter(({ functions }) => functions !== undefined);
  await shows(() => told('Before and after', 'Core modules'), [modules(before).length, modules(after).length]);
  for (const [name, what] of [
    ['Functions', ({ functions }) => functions],
    ['Memories', ({ memories }) => memories.filter(({ imported }) => !imported).length],
  ]) {
    await shows(() => told('Before and after', name), [count(modules(before), what), count(modules(after), what)], name);
  }

  // The sections of core modules; those of components hold other things, so they are counted apart.
  const spent = async (kind) => (await byHeader(table('Size by section'), (_bars, before, after) => [figure(before), figure(after)]))[kind];
  for (const kind of ['code', 'data', 'function']) {
    const bytes = ({ sections }) => count(sections.filter((one) => one.kind === kind), (one) => one.bytes);
    await shows(() => spent(kind), [count(modules(before), bytes), count(modules(after), bytes)], kind);
  }
});

/** A component and all that is nested in it. */
function flatten(component) {
  const inner = component.definitions.flatMap((one) => ('component' in one ? flatten(one.component) : [one['core-module']]));
  return [component, ...inner];
}

pageTest('boundaries: each function, and what becomes of it; filtered', async ({ page, address, folder }) => {
  await open(page, address);
  const files = await dropDemo(page, folder);
  const { boundaries } = (await native.inspect(folder, files)).fusion.possible;
  const panel = await tab(page, 'Boundaries');
  const table = panel.getByRole('table', { name: 'Boundaries' });
  const told = (of) => of.map(({ caller, callee, function: name, becomes, work }) => [caller, callee, name, becomes.replace('-', ' '), work.join('; ') || 'none']);
  const withHost = ({ caller, callee }) => caller === 'host' || callee === 'host';
  // Between components first.
  await shows(() => cells(table), told([...boundaries.filter((one) => !withHost(one)), ...boundaries.filter(withHost)]));

  await panel.getByLabel('Between').selectOption('Between components');
  const inside = boundaries.filter(({ caller, callee }) => caller !== 'host' && callee !== 'host');
  assert.ok(inside.length > 0 && inside.length < boundaries.length);
  await panel.getByText(`${inside.length} of ${boundaries.length} functions`).waitFor();
  await shows(() => cells(table), told(inside));

  await panel.getByLabel('Filter by text').fill('guest-book.greet');
  const greet = inside.filter(({ function: name }) => name.includes('guest-book.greet'));
  await panel.getByText(`${greet.length} of ${boundaries.length} functions`).waitFor();
  await shows(() => cells(table), told(greet));
});

pageTest('calls: the instances inside a composed component, and from a call to its adapter', async ({ page, address, folder }) => {
  await open(page, address);
  const files = await demo();
  await native.put(folder, files);
  await native.shell(folder, `meld compose -q ${files.map(({ name }) => name).join(' ')} -o both.wasm`);
  const both = { name: 'both.wasm', bytes: await readFile(join(folder, 'both.wasm')) };
  await dropFiles(page, folder, [both]);
  await choose(page, { output: 'Core module', names: true });
  await fused(page);
  const { boundaries } = (await native.inspect(folder, [both])).fusion.possible;
  const panel = await tab(page, 'Connections');
  const graph = (of) => panel.getByRole('figure', { name: `Graph of the ${of}` });
  const titles = (of) => graph(of).locator('.svelte-flow__node strong').allInnerTexts();
  await shows(() => titles('connections').then((all) => all.includes('app.wasm')), false);

  await panel.getByRole('radio', { name: 'Calls of all instances' }).check();
  const called = new Set(boundaries.flatMap(({ caller, callee }) => [caller, callee]));
  assert.ok(['app.wasm', 'greeter.wasm', 'host'].every((name) => called.has(name)), [...called].join());
  await shows(async () => new Set((await titles('calls')).map((name) => name.toLowerCase())), called);
  const edges = () => graph('calls').locator('.svelte-flow__edge').evaluateAll((all) => all.map((edge) => edge.ariaLabel).sort());
  const counts = {};
  for (const { caller, callee } of boundaries) counts[`${caller} ${callee}`] = (counts[`${caller} ${callee}`] ?? 0) + 1;
  await shows(edges, Object.entries(counts).map(([key, number]) => {
    const [caller, callee] = key.split(' ');
    return `${caller} calls ${number} ${number === 1 ? 'function' : 'functions'} of ${callee}`;
  }).sort());

  // One that has an adapter, and its text.
  const inside = boundaries.filter(({ caller, callee }) => caller === 'app.wasm' && callee === 'greeter.wasm');
  const adapter = inside.find(({ becomes }) => becomes === 'adapter');
  await graph('calls').getByRole('group', { name: /^app\.wasm calls .* of greeter\.wasm$/ }).press('Enter');
  const list = panel.getByRole('region', { name: 'Selected' });
  await shows(() => list.getByRole('listitem').allInnerTexts(), inside.map(({ function: name, becomes }) => `${name} ${becomes.replace('-', ' ')}`));
  await list.getByRole('listitem').filter({ hasText: adapter.function }).getByRole('button').click();
  const text = page.getByRole('region', { name: 'Text of the result', exact: true });
  await text.locator('.line.current').filter({ hasText: `(func $"app.wasm -> greeter.wasm: ${adapter.function}"` }).waitFor();
});
