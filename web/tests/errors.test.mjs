// Inputs that cannot be fused: each error on its input, as the native command tells it.

import assert from 'node:assert/strict';
import { card, dropFiles, fused, hasInputs, noResult, open, says, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import { pageTest } from './support/page-test.mjs';
import * as native from './support/native.mjs';
import { brokenInputs, demo, misfits } from './support/samples.mjs';

/** An error as it is shown somewhere, in the form of the command's. Without an input: it is shown on it. */
async function shownError(place) {
  const note = place.getByRole('group', { name: /^Error / });
  await note.waitFor();
  const text = async (locator) => ((await locator.count()) ? locator.innerText() : null);
  const of = async (term) => text(note.getByRole('definition').and(note.locator(`dt:text-is("${term}") + dd`)));
  const offset = await of('Offset');
  const path = await of('Path');
  return {
    code: (await note.getAttribute('aria-label')).replace(/^Error /, ''),
    message: await note.locator('p').first().innerText(),
    offset: offset && Number(offset.replace(/ .*/, '')),
    path: path ? path.split(' › ') : [],
    hint: (await text(note.getByText(/^Hint: /)))?.replace(/^Hint: /, '') ?? null,
  };
}

/** What the command quotes with backticks, the page shows as code. */
const unquoted = (text) => text && text.replaceAll('`', '');

function asShown({ code, message, offset, path, hint }) {
  return { code, message: `${code} ${unquoted(message)}`, offset, path, hint: unquoted(hint) };
}

for (const broken of await brokenInputs()) {
  pageTest(`${broken.name}: the error is shown on the input as the command tells it`, async ({ page, address, folder }) => {
    const expected = await native.refusal(folder, [broken]);
    await open(page, address);
    await dropFiles(page, folder, [broken]);
    assert.equal(expected.input, broken.name);
    await shows(() => shownError(card(page, broken.name)), asShown(expected));
    await says(page, /Not fused/);
    await noResult(page);
  });
}

pageTest('the samples have errors of several kinds, and together all their parts', async ({ folder }) => {
  const errors = [];
  for (const broken of await brokenInputs()) errors.push(await native.refusal(folder, [broken]));
  const codes = new Set(errors.map(({ code }) => code));
  for (const code of ['malformed', 'invalid', 'not-a-component', 'unsupported']) assert.ok(codes.has(code), code);
  assert.ok(errors.some(({ hint }) => hint), 'a hint');
  for (const make of Object.values(misfits)) errors.push(await native.refusal(folder, make()));
  for (const { hint } of errors) assert.doesNotMatch(hint ?? '', /--\w|=FILE/, 'the page has no arguments');
  assert.ok(errors.some(({ path }) => path.length > 0), 'a path');
  assert.ok(errors.some(({ offset }) => offset > 0), 'an offset');
});

pageTest('a broken input beside good ones is told apart, and removing it is all that is needed', async ({ page, address, folder }) => {
  const files = await demo();
  const [broken] = await brokenInputs();
  await open(page, address);
  await dropFiles(page, folder, [...files, broken]);
  await card(page, broken.name).getByRole('group', { name: /^Error / }).waitFor();
  await says(page, /Not fused: 1 input cannot be fused/);
  for (const { name } of files) {
    await card(page, name).waitFor();
    await card(page, name).getByRole('group', { name: /^Error / }).waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: `Remove ${broken.name}` }).click();
  await fused(page);
  await hasInputs(page, files.map(({ name }) => name));
  // And what was removed comes back.
  await page.getByRole('status', { name: 'Notice' }).getByRole('button', { name: 'Undo' }).click();
  await says(page, /Not fused: 1 input cannot be fused/);
});

for (const [code, make] of Object.entries(misfits)) {
  pageTest(`${code}: the error of inputs that do not go together, as the command tells it`, async ({ page, address, folder }) => {
    const inputs = make();
    const expected = await native.refusal(folder, inputs);
    assert.equal(expected.code, code);
    await open(page, address);
    await dropFiles(page, folder, inputs);
    await says(page, /Not fused/);
    const place = expected.input ? card(page, expected.input) : page.getByRole('region', { name: 'Fuse', exact: true });
    await shows(() => shownError(place), asShown(expected));
    const connections = await tab(page, 'Connections');
    await shows(() => shownError(connections), asShown(expected));
  });
}
