// Each bundled example: fused to the bytes that the native command makes, and run in the page as it
// runs natively.

import assert from 'node:assert/strict';
import { choose, commandLine, download, example, fused, hasInputs, noResult, open, says, shownSha256, showsResult, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { examples, inputsOf } from './support/samples.mjs';

const AMBIGUOUS = 'ambiguous';
const KINDS = [
  { output: 'Core module', options: [] },
  { output: 'Component', options: ['--component'] },
];

/** Fuses by the button where the inputs are too large to be fused without being asked. */
async function fuse(page) {
  await says(page, /Fused:|Ready to fuse/);
  const waits = page.getByText('wait for the button');
  if (await waits.count()) await page.getByRole('button', { name: 'Fuse', exact: true }).click();
  await fused(page);
}

for (const one of examples.filter(({ id }) => id !== AMBIGUOUS)) {
  pageTest(`example ${one.id}: the same bytes as the command's`, async ({ page, address, folder }) => {
    const inputs = await inputsOf(one);
    await open(page, address);
    await example(page, one.title);
    for (const { output, options } of KINDS) {
      await choose(page, { output });
      await fuse(page);
      const { bytes } = await download(page);
      const expected = native.sha256(await native.fuse(folder, inputs, options, one.wac ?? null));
      assert.equal(native.sha256(bytes), expected, output);
      await shows(() => shownSha256(page), expected);
      await native.shell(folder, await commandLine(page));
    }
    await hasInputs(page, inputs.map(({ name }) => name));
  });

  if (one.run?.kind === 'command') {
    pageTest(`example ${one.id}: prints what it prints natively`, async ({ page, address, folder }) => {
      const component = await native.fuse(folder, await inputsOf(one), ['--component'], one.wac ?? null);
      const expected = await native.run(folder, component, one.run);
      assert.notEqual(expected.stdout, '');
      await open(page, address);
      await example(page, one.title);
      await fuse(page);
      const panel = await tab(page, 'Run');
      await panel.getByRole('button', { name: 'Run both' }).click();
      await panel.getByText('The runs agree: result, standard output and standard error.').waitFor();
      for (const label of ['Fused', 'Unfused']) {
        await shows(() => panel.getByLabel(`Standard output of ${label}`).innerText(), expected.stdout, label);
        await panel.getByRole('region', { name: `Run of ${label}` }).getByText(`Exit status ${expected.code}`, { exact: true }).waitFor();
      }
    });
  }
}

pageTest('the ambiguous example shows why it is not fused, and its document settles it', async ({ page, address, folder }) => {
  const [ambiguous, settled] = [AMBIGUOUS, 'settled'].map((id) => examples.find((one) => one.id === id));
  const inputs = await inputsOf(ambiguous);
  const expected = await native.refusal(folder, inputs);
  assert.equal(expected.code, 'ambiguous-import');
  await open(page, address);
  await example(page, ambiguous.title);
  await says(page, /Not fused/);
  const panel = await tab(page, 'Connections');
  await panel.getByRole('group', { name: 'Error ambiguous-import' }).getByText(expected.message.replaceAll('`', '')).waitFor();
  const row = panel.getByRole('row').filter({ hasText: 'could be met by' });
  for (const name of ['greeter.wasm', 'formal.wasm']) await row.getByText(name).waitFor();
  await noResult(page);

  await page.getByRole('checkbox', { name: 'Compose by a WAC document' }).check();
  await page.getByRole('textbox', { name: 'Document', exact: true }).fill(settled.wac.name);
  await page.getByRole('textbox', { name: 'WAC document' }).fill(settled.wac.text);
  await fused(page);
  await showsResult(page, await native.fuse(folder, inputs, ['--component'], settled.wac));
  await panel.getByRole('row').filter({ hasText: 'could be met by' }).waitFor({ state: 'detached' });

  // And it says where the document is wrong.
  const wrong = settled.wac.text.replace(';', ' ;;\n?');
  await page.getByRole('textbox', { name: 'WAC document' }).fill(wrong);
  const refused = await native.refusal(folder, inputs, ['--wac', settled.wac.name], { ...settled.wac, text: wrong });
  assert.equal(refused.code, 'invalid-wac');
  const line = Buffer.from(wrong).subarray(0, refused.offset).toString().split('\n');
  await page.getByText(refused.message.replaceAll('`', '')).first().waitFor();
  await page.getByRole('button', { name: `line ${line.length}, column ${line.at(-1).length + 1}` }).click();
  const chosen = () => page.getByRole('textbox', { name: 'WAC document' }).evaluate((area) => [area.selectionStart, document.activeElement === area]);
  await shows(chosen, [Buffer.from(wrong).subarray(0, refused.offset).toString().length, true]);
});
