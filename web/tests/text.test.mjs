// The text of an input and of the result side by side: shown, searched, jumped in.

import assert from 'node:assert/strict';
import { choose, dropFiles, fused, open, showsResult, tab } from './support/actions.mjs';
import { holds, shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { demo, middleware } from './support/samples.mjs';

async function textTab(page, folder) {
  await dropFiles(page, folder, await demo());
  await choose(page, { output: 'Core module', names: true });
  await fused(page);
  const panel = await tab(page, 'Text');
  const sides = ['Text of an input', 'Text of the result'].map((name) => panel.getByRole('region', { name, exact: true }));
  for (const side of sides) await side.getByText(/^[\d,]+ lines$/).waitFor();
  return sides;
}

/** The lines that are in view, with their numbers. */
async function lines(side) {
  const shown = await side.getByRole('region', { name: /^Lines of / }).innerText();
  return shown.split('\n');
}

const number = (text) => Number(text.replaceAll(',', ''));

pageTest('the text is shown, of which only what is seen is in the page', async ({ page, address, folder }) => {
  await open(page, address);
  const [input, result] = await textTab(page, folder);
  await holds(() => lines(input), (seen) => /^1\s*\(component/.test(seen.join('\n')));
  const seen = await holds(() => lines(result), (seen) => /^1\s*\(module/.test(seen.join('\n')));
  const total = number(/^[\d,]+/.exec(await result.getByText(/^[\d,]+ lines$/).innerText())[0]);
  assert.ok(total > 10_000, `${total} lines`);
  assert.ok(seen.length < 500, `${seen.length} lines in the page`);

  // To the end by the keyboard.
  await result.getByRole('region', { name: /^Lines of / }).focus();
  await page.keyboard.press('End');
  await result.getByText(String(total), { exact: true }).waitFor();

  // The other input.
  await input.getByRole('combobox', { name: 'Input' }).selectOption('greeter.wasm');
  await input.getByRole('region', { name: 'Lines of greeter.wasm' }).getByText('(component', { exact: false }).first().waitFor();
});

pageTest('search finds, goes on and back, and says when there is nothing', async ({ page, address, folder }) => {
  await open(page, address);
  const [, result] = await textTab(page, folder);
  const found = result.getByRole('search').getByText(/^Line /);
  const line = async () => number(/[\d,]+/.exec(await found.innerText())[0]);
  const box = result.getByRole('searchbox', { name: 'Search the text' });
  await box.fill('memory.copy');
  const first = await line();
  await result.getByText(String(first), { exact: true }).waitFor();
  await holds(() => lines(result), (seen) => seen.some((text) => text.includes('memory.copy')));
  await box.press('Enter');
  await holds(line, (second) => second > first);
  await box.press('Shift+Enter');
  await result.getByRole('search').getByText(new RegExp(`^Line ${first.toLocaleString('en')}(;|$)`)).waitFor();
  await box.fill('no such thing in here');
  await result.getByRole('search').getByText('No match').waitFor();
});

pageTest('a function is jumped to by its name, and a line by its number', async ({ page, address, folder }) => {
  await open(page, address);
  const [input, result] = await textTab(page, folder);
  const box = result.getByRole('combobox', { name: /^Go to a function/ });
  // A function that is not in the inputs, by its name.
  await box.fill('trap: ');
  const first = async () => (await result.getByRole('option').first().innerText()).split('\n')[0];
  const title = await holds(first, (title) => title.startsWith('trap: '));
  const isSeen = async () => (await lines(result)).some((line) => line.includes('(func ') && line.includes(title));
  assert.equal(await isSeen(), false, 'it is in view before it is jumped to');
  await box.press('Enter');
  await holds(isSeen, Boolean, () => `${title} is not in view`);

  const other = input.getByRole('combobox', { name: /^Go to a function/ });
  await other.fill('12345');
  await input.getByRole('option', { name: 'Line 12,345' }).click();
  await input.getByText('12345', { exact: true }).waitFor();
});

pageTest('from a function of an input to what it has become, and back', async ({ page, address, folder }) => {
  await open(page, address);
  const [input, result] = await textTab(page, folder);
  await input.getByRole('combobox', { name: 'Input' }).selectOption('greeter.wasm');
  const note = (side) => side.getByRole('status').filter({ hasText: /In the result|func \d|Made by fusing|in no function|Not in the result/ });
  const goTo = async (side, typed) => {
    const box = side.getByRole('combobox', { name: /^Go to a function/ });
    await box.fill(typed);
    const title = (await side.getByRole('option').first().innerText()).split('\n')[0];
    await box.press('Enter');
    return title;
  };
  /** The line that is marked. */
  const marked = (side) => side.locator('.line.current .code').innerText();
  /** Instructions alone: the result has other indices. */
  const instructions = async (side) => {
    const shown = await side.locator('.line .code').allInnerTexts();
    const at = shown.findIndex((line) => line === whole);
    const depth = /^\s*/.exec(whole)[0].length;
    const behind = shown.findIndex((line, number) => number > at && line.trim() !== '' && /^\s*/.exec(line)[0].length <= depth);
    return shown.slice(at + 1, behind).map((line) => line.trim().split(' ')[0]);
  };
  let whole;

  await goTo(input, 'cabi_realloc');
  const [, index] = /\(func \(;(\d+);\)/.exec(await marked(input));
  whole = await marked(input);
  const own = await instructions(input);
  assert.ok(own.length > 3, own.join());
  await note(input).getByRole('button', { name: / of greeter\.wasm\/main$/ }).click();
  await holds(() => marked(result), (line) => line.includes('(func '));
  whole = await marked(result);
  assert.deepEqual(await holds(() => instructions(result), (all) => all.length === own.length), own);

  // And back, from another input.
  await input.getByRole('combobox', { name: 'Input' }).selectOption('app.wasm');
  await note(result).getByRole('button', { name: `func ${index} of greeter.wasm`, exact: true }).click();
  await input.getByRole('region', { name: 'Lines of greeter.wasm' }).waitFor();
  await holds(() => marked(input), (line) => line.includes(`(func (;${index};)`));

  // What fusing made, by a click.
  const trap = await goTo(result, 'trap: ');
  await note(result).getByText(`Made by fusing: ${trap}`).waitFor();
  await result.getByRole('region', { name: /^Lines of / }).press('Home');
  await result.getByText('(module', { exact: false }).first().click();
  await note(result).getByText('This line is in no function.').waitFor();
});

pageTest('an input that was given as text is edited in place, and fused as it is written', async ({ page, address, folder }) => {
  const [double, , number] = middleware();
  await open(page, address);
  await dropFiles(page, folder, [double, number]);
  await page.getByRole('checkbox', { name: 'Compose in order' }).check();
  await fused(page);
  const panel = await tab(page, 'Text');
  const side = panel.getByRole('region', { name: 'Text of an input' });
  await side.getByRole('combobox', { name: 'Input' }).selectOption('double.wat');
  await side.getByRole('checkbox', { name: 'As it was given, to edit' }).check();
  const box = side.getByRole('textbox', { name: 'Text of double.wat, as it was given' });
  const given = double.bytes.toString();
  await shows(() => box.inputValue(), given);

  const written = given.replace('i32.const 2 i32.mul', 'i32.const 3 i32.mul');
  assert.notEqual(written, given);
  await box.fill(written);
  const edited = { ...double, bytes: Buffer.from(written) };
  await showsResult(page, await native.fuse(folder, [edited, number], ['--in-order', '--component']));
  assert.equal(await box.inputValue(), written);

  // A mistake, its place, and what is written next.
  await box.fill(`${written} (`);
  const error = await native.refusal(folder, [{ ...double, bytes: Buffer.from(`${written} (`) }, number], ['--in-order', '--component']);
  assert.equal(error.code, 'malformed');
  await side.getByRole('group', { name: 'Error malformed' }).getByText(error.message).waitFor();
  await side.getByRole('button', { name: /^Go to line \d+, column \d+$/ }).click();
  assert.equal(await box.evaluate((area) => area.selectionStart), error.offset);
  await box.fill(given);
  await showsResult(page, await native.fuse(folder, [double, number], ['--in-order', '--component']));

  // What is written last is taken, even if one looks elsewhere at once.
  await box.fill(written);
  await tab(page, 'Result');
  await showsResult(page, await native.fuse(folder, [edited, number], ['--in-order', '--component']));
});
