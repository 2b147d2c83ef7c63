// What one takes home of a result: its text as a file, the package that jco makes of it, what Binaryen makes of it, and
// what it says of where it came from.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { choose, commandLine, download, dropFiles, fused, open, shownSha256, showsResult, tab } from './support/actions.mjs';
import { eventually } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { root } from './support/places.mjs';
import { demo } from './support/samples.mjs';

async function demoFused(page, address, folder, choice) {
  const files = await demo();
  await open(page, address);
  await dropFiles(page, folder, files);
  await choose(page, choice);
  await fused(page);
  return files;
}

pageTest('the text of a result is a file that becomes the same binary', async ({ page, address, folder }) => {
  const long = 'x'.repeat(10_000);
  const text = `(component (core module $m (memory 1) (data (i32.const 0) "${long}")) (core instance (instantiate $m)))`;
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'long.wat', bytes: Buffer.from(text) }]);
  await choose(page, { output: 'Component' });
  await fused(page);
  await tab(page, 'Text');
  for (const [view, name] of [['Text of an input', 'long.wat'], ['Text of the result', 'fused.wat']]) {
    const got = await download(page, () => page.getByRole('region', { name: view }).getByRole('button', { name: `Save ${name}` }).click());
    assert.equal(got.name, name);
    assert.ok(got.bytes.includes(name === 'long.wat' ? long : '(component'), 'lines are whole');
    // What it stands for is what it was printed of, but for custom sections, which the text has as such.
    const again = await native.inspect(folder, [{ name: 'again.wat', bytes: got.bytes }]);
    assert.ok(again.component.bytes > 0);
  }
});

pageTest('a component comes as a package that Node.js runs', async ({ page, address, folder }) => {
  const files = await demoFused(page, address, folder, { output: 'Component', memory: 'One memory' });
  const expected = await native.run(folder, await native.fuse(folder, files, ['--component']));
  const box = page.getByRole('region', { name: 'Use it from JavaScript' });
  const got = await download(page, () => box.getByRole('button', { name: 'Save fused-js.zip' }).click());
  assert.equal(got.name, 'fused-js.zip');
  await box.getByText('unzip fused-js.zip && cd fused && npm install && node run.mjs').waitFor();
  // Beside the packages that the page is built with: what it depends on is among them.
  const place = mkdtempSync(join(root, 'web/node_modules/.meld-taken-'));
  try {
    for (const [name, bytes] of Object.entries(unzipSync(got.bytes))) {
      if (name.endsWith('/')) continue;
      mkdirSync(dirname(join(place, name)), { recursive: true });
      writeFileSync(join(place, name), bytes);
    }
    const { dependencies } = JSON.parse(readFileSync(join(place, 'fused/package.json'), 'utf8'));
    assert.deepEqual(Object.keys(dependencies), ['@bytecodealliance/preview2-shim']);
    const said = execFileSync(process.execPath, ['run.mjs'], { cwd: join(place, 'fused'), encoding: 'utf8' });
    assert.equal(said, expected.stdout);
  } finally {
    rmSync(place, { recursive: true });
  }
});

for (const output of ['Component', 'Core module']) {
  pageTest(`Binaryen makes a ${output.toLowerCase()} smaller, which does the same, and without it all is as before`, async ({ page, address, folder }) => {
    await demoFused(page, address, folder, { output });
    const plain = (await download(page)).bytes;
    const box = page.getByRole('region', { name: 'Optimise', exact: true });
    await box.getByLabel('Level').selectOption('-Os');
    await box.getByRole('button', { name: 'Optimise with Binaryen' }).click();
    await box.getByText(/^-Os made .* to .* \(−\d+ %\) in /).waitFor();
    const { bytes } = await download(page);
    assert.match(await commandLine(page), / && wasm-opt \$\(meld inspect fused.* --features\) -Os fused/);
    assert.ok(bytes.length < plain.length, `${bytes.length} of ${plain.length}`);
    await showsResult(page, bytes);
    const panel = await tab(page, 'Run');
    await panel.getByRole('button', { name: 'Run both' }).click();
    await panel.getByText('The runs agree: ').waitFor();
    await box.getByRole('button', { name: 'Without' }).click();
    await showsResult(page, plain);
  });
}

pageTest('debug information and where it came from come along, as the command line says', async ({ page, address, folder }) => {
  const files = await demoFused(page, address, folder, { output: 'Core module' });
  const before = await shownSha256(page);
  await page.getByRole('checkbox', { name: 'Say where it came from' }).check();
  await page.getByRole('checkbox', { name: 'Keep debug information' }).check();
  assert.match(await commandLine(page), / -g --provenance$/);
  await eventually(async () => assert.notEqual(await shownSha256(page), before));
  await showsResult(page, await native.fuse(folder, files, ['-g', '--provenance']));
  await page.getByText('Binaryen would leave debug information that is no longer true').waitFor();
  const panel = await tab(page, 'Result');
  const done = panel.getByRole('region', { name: 'What was done to make it smaller and faster' });
  await done.getByText('unreachable', { exact: true }).click();
  assert.ok((await done.getByRole('listitem').count()) > 0);
});
