// Inputs that are dropped, picked and pasted; the graph; the result, which is what the native
// command makes.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cells, choose, commandLine, download, drag, drop, dropFiles, fused, hasInputs, inputNames, open, shownSha256, showsResult, tab } from './support/actions.mjs';
import { holds, shows } from './support/eventually.mjs';
import { pageTest } from './support/page-test.mjs';
import * as native from './support/native.mjs';
import { demo, ENDLESS, examples, inputsOf, lacking } from './support/samples.mjs';

const KINDS = [
  { output: 'Component', names: false, options: ['--component'] },
  { output: 'Component', names: true, options: ['--component', '--names'] },
  { output: 'Core module', names: false, options: [] },
  { output: 'Core module', names: true, options: ['--names'] },
  { output: 'Core module', names: false, memory: 'One memory', options: ['--memory', 'single'] },
  { output: 'Core module', names: false, wasi: 'WASI 0.1', options: ['--wasi', '0.1'] },
  { output: 'Core module', names: false, wasi: 'WASI 0.1', memory: 'Several memories', options: ['--wasi', '0.1', '--memory', 'multi'] },
  { output: 'Component', names: false, memory: 'One memory', options: ['--component', '--memory', 'single'] },
];

pageTest('dropped components are fused to the bytes that the command makes', async ({ page, address, folder }) => {
  const files = await demo();
  await open(page, address);
  await dropFiles(page, folder, files);
  const seen = new Set();
  for (const { output, names, memory, wasi, options } of KINDS) {
    await choose(page, { output, names, memory, wasi });
    await fused(page);
    const made = await download(page);
    const expected = native.sha256(await native.fuse(folder, files, options));
    assert.equal(native.sha256(made.bytes), expected, `${output} ${options}`);
    await shows(() => shownSha256(page), expected);
    seen.add(expected);

    assert.equal(made.name, 'fused.wasm');
    await native.shell(folder, await commandLine(page));
    assert.equal(native.sha256(await readFile(join(folder, made.name))), expected, 'by the command line');
  }
  assert.equal(seen.size, KINDS.length, 'each kind has bytes of its own');
});

pageTest('optimisations are done without, as by the command', async ({ page, address, folder }) => {
  const files = await demo();
  await open(page, address);
  await dropFiles(page, folder, files);
  await page.getByText('Optimisations', { exact: true }).click();
  await page.getByRole('checkbox', { name: 'unreachable' }).uncheck();
  await showsResult(page, await native.fuse(folder, files, ['--component', '--skip', 'unreachable']));
  assert.match(await commandLine(page), / --skip unreachable$/);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByRole('button', { name: 'None', exact: true }).click();
  await showsResult(page, await native.fuse(folder, files, ['--component', '-O0']));
  assert.match(await commandLine(page), / -O0$/);
  await page.waitForFunction(() => location.hash.includes('skip=direct-calls+bulk-copies'));
});

pageTest('what WASI 0.1 has nothing for is told below the result', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [lacking()]);
  await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
  await fused(page);
  await page.getByText('Note: no part of WASI 0.1, and left to the host: `test:n/used`, `test:n/idle`', { exact: true }).waitFor();
  await choose(page, { wasi: 'WASI 0.2' });
  await fused(page);
  await page.getByText(/^Note: /).waitFor({ state: 'detached' });
});

pageTest('the graph and its table show what meets each import, as the command tells it', async ({ page, address, folder }) => {
  const files = await demo();
  await open(page, address);
  await dropFiles(page, folder, files);
  const panel = await tab(page, 'Connections');
  const table = panel.getByRole('region', { name: 'Imports and what meets them' });
  const graph = panel.getByRole('figure', { name: 'Graph of the connections' });
  await graph.getByText('Host', { exact: true }).waitFor();

  const { wiring } = await native.inspect(folder, files);
  const { instances, connections, exports } = wiring;
  const nameOf = (instance) => instances[instance].name;
  const told = connections.map(({ instance, import: name, 'met-by': by }) => {
    const how = by === 'host' ? 'left to the host' : `met by ${by.export.name} of ${nameOf(by.export.instance)}`;
    return [name, nameOf(instance), how];
  });
  await shows(() => cells(table), told);

  // Each part is in the graph, and each import of the host in the node of the host.
  const hosted = [...new Set(connections.filter(({ 'met-by': by }) => by === 'host').map((one) => one.import))];
  const met = connections.filter(({ 'met-by': by }) => by !== 'host').map((one) => one.import);
  assert.ok(hosted.length > 0 && met.length > 0);
  const node = (name) => graph.getByRole('group', { name: new RegExp(`^${name} `) });
  const [host, exported] = [node('Host'), node('Exports')];
  for (const { name } of instances) await node(name).waitFor();
  for (const name of hosted) await host.getByText(name, { exact: true }).waitFor();
  for (const { as } of exports) await exported.getByText(as, { exact: true }).waitFor();

  // Choosing a connection tells about it.
  const selected = panel.getByRole('region', { name: 'Selected' });
  await table.getByRole('button', { name: met[0] }).click();
  await selected.getByText(/^An import of .*: met by/).waitFor();
  await host.click();
  await selected.getByText(hosted[0], { exact: true }).waitFor();

  // Zooming changes how large a part is.
  const width = async () => (await host.boundingBox()).width;
  const before = await width();
  await graph.getByRole('button', { name: 'Zoom in' }).click();
  await holds(width, (now) => now > before);
});

pageTest('a dropped folder gives the components in it', async ({ page, address, folder }) => {
  const files = await demo();
  await native.put(folder, [
    ...files.map(({ name, bytes }, at) => ({ name: at === 0 ? `parts/${name}` : `parts/inner/${name}`, bytes })),
    { name: 'parts/README.md', bytes: 'not a component' },
  ]);
  await open(page, address);
  await drop(page, [join(folder, 'parts')]);
  await fused(page);
  const names = files.map(({ name }, at) => (at === 0 ? `parts/${name}` : `parts/inner/${name}`));
  await shows(async () => (await inputNames(page)).sort(), names.sort());
  await page.getByRole('status', { name: 'Notice' }).getByText('Left aside 1 file').waitFor();
  await native.shell(folder, await commandLine(page));
  await showsResult(page, await readFile(join(folder, 'fused.wasm')));
});

pageTest('a WAC document is dropped with its components', async ({ page, address, folder }) => {
  const { wac, ...settled } = examples.find(({ id }) => id === 'settled');
  const inputs = await inputsOf(settled);
  await open(page, address);
  await dropFiles(page, folder, [...inputs, { name: wac.name, bytes: Buffer.from(wac.text) }]);
  await fused(page);
  await shows(() => page.getByRole('textbox', { name: 'WAC document' }).inputValue(), wac.text);
  await showsResult(page, await native.fuse(folder, inputs, ['--component'], wac));
  await native.shell(folder, await commandLine(page));
  await showsResult(page, await readFile(join(folder, 'fused.wasm')));
});

pageTest('a WAC document may begin with a byte order mark', async ({ page, address, folder }) => {
  const { wac, ...settled } = examples.find(({ id }) => id === 'settled');
  const inputs = await inputsOf(settled);
  const marked = `\ufeff${wac.text}`;
  await open(page, address);
  await dropFiles(page, folder, [...inputs, { name: wac.name, bytes: Buffer.from(marked) }]);
  await fused(page);
  await showsResult(page, await native.fuse(folder, inputs, ['--component'], { name: wac.name, text: marked }));
  await showsResult(page, await native.fuse(folder, inputs, ['--component'], wac));
});

pageTest('a WAC document that is not UTF-8 is refused as the command refuses it', async ({ page, address, folder }) => {
  const { wac, ...settled } = examples.find(({ id }) => id === 'settled');
  const inputs = await inputsOf(settled);
  const bytes = Buffer.concat([Buffer.from('// caf\xe9\n', 'latin1'), Buffer.from(wac.text)]);
  const refused = await native.refusal(folder, inputs, ['--wac', wac.name], { name: wac.name, text: bytes });
  await open(page, address);
  await dropFiles(page, folder, [...inputs, { name: wac.name, bytes }]);
  await page.getByRole('status', { name: 'Notice' }).getByText(`${refused.message}.`).waitFor();
  await hasInputs(page, inputs.map(({ name }) => name));
  await page.getByRole('checkbox', { name: 'Compose by a WAC document', checked: false }).waitFor();
});

pageTest('files are picked', async ({ page, address, folder }) => {
  const files = await demo();
  await native.put(folder, files);
  await open(page, address);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Add files' }).click()]);
  await chooser.setFiles(files.map(({ name }) => join(folder, name)));
  await fused(page);
  await hasInputs(page, files.map(({ name }) => name));
  await showsResult(page, await native.fuse(folder, files, ['--component']));
});

pageTest('a folder is picked', async ({ page, address, folder }) => {
  const files = await demo();
  await native.put(folder, files.map(({ name, bytes }) => ({ name: `parts/${name}`, bytes })));
  await open(page, address);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Add a folder' }).click()]);
  await chooser.setFiles(join(folder, 'parts'));
  await fused(page);
  await shows(async () => (await inputNames(page)).sort(), files.map(({ name }) => `parts/${name}`).sort());
});

pageTest('text is pasted: anywhere on the page, and in the dialog', async ({ page, address, folder }) => {
  await open(page, address);
  await page.evaluate((text) => navigator.clipboard.writeText(text), ENDLESS);
  await page.keyboard.press('Control+V');
  await fused(page);
  await hasInputs(page, ['pasted-1.wat']);
  const expected = await native.fuse(folder, [{ name: 'pasted-1.wat', bytes: ENDLESS }], ['--component']);
  await showsResult(page, expected);

  await page.getByRole('button', { name: 'Remove pasted-1.wat' }).click();
  await page.getByRole('button', { name: 'Paste text' }).click();
  const dialog = page.getByRole('dialog', { name: 'Paste text' });
  await dialog.getByRole('textbox').fill(ENDLESS);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await fused(page);
  await showsResult(page, expected);
}, { permissions: ['clipboard-read', 'clipboard-write'] });

pageTest('a drop is taken at once, and a drag that ends elsewhere leaves nothing behind', async ({ page, address, folder }) => {
  const [file] = await demo();
  await native.put(folder, [file]);
  await open(page, address);
  const paths = [join(folder, file.name)];
  const overlay = page.getByText('Drop components, WAC documents or folders');
  await drag(page, paths, ['dragEnter', 'dragOver']);
  await overlay.waitFor();
  // The page is not told that a drag has ended; a pointer that moves says so.
  await page.mouse.move(300, 300);
  await overlay.waitFor({ state: 'detached' });
  await hasInputs(page, []);
  await drag(page, paths, ['dragEnter', 'drop']);
  await overlay.waitFor({ state: 'detached' });
  await fused(page);
  await hasInputs(page, [file.name]);
});
