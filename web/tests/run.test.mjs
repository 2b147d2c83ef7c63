// Functions called through the form of the Run tab, with values of all kinds; resources; a run that
// does not end by itself; commands with arguments.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choose, dropFiles, example, fused, open, tab } from './support/actions.mjs';
import * as native from './support/native.mjs';
import { shows } from './support/eventually.mjs';
import { pageTest } from './support/page-test.mjs';
import { root } from './support/places.mjs';
import { command, ENDLESS, examples, inputsOf } from './support/samples.mjs';

const titleOf = (id) => examples.find((one) => one.id === id).title;
const AGREE = 'The runs agree: result, standard output and standard error.';

async function runTab(page) {
  const panel = await tab(page, 'Run');
  await panel.getByRole('form', { name: 'What to run' }).waitFor();
  return panel;
}

/** A part of the form: by the name in WIT, before its type. */
const field = (within, role, name) => within.getByRole(role, { name: new RegExp(`^${name} `) });

async function call(panel, name, fill = async () => {}) {
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption(name);
  await fill(panel.getByRole('form', { name: 'What to run' }));
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
}

/** Waits until a run's result is this. */
const gives = (panel, of, expected, what) => shows(() => panel.getByLabel(`Result of ${of}`).innerText(), expected, what);

/** Calls with what `wasmtime run --invoke` prints for the unfused component. */
const VALUES = [
  ['next', (form) => field(form, 'combobox', 'day').selectOption('sunday'), 'monday'],
  ['invert', async (form) => {
    await form.getByRole('checkbox', { name: 'read' }).check();
    await form.getByRole('checkbox', { name: 'share' }).check();
  }, '{write}'],
  ['area', async (form) => {
    await field(form, 'combobox', 'figure').selectOption('circle');
    await field(form, 'textbox', 'circle').fill('1.5');
  }, 'some(7.0685835)'],
  ['area', async (form) => {
    await field(form, 'combobox', 'figure').selectOption('polygon');
    const polygon = field(form, 'group', 'polygon');
    for (const [at, [x, y]] of [[0, 0], [4, 0], [0, 3]].entries()) {
      await form.getByRole('button', { name: 'Add an item to polygon' }).click();
      await field(field(polygon, 'group', at), 'textbox', 'x').fill(String(x));
      await field(field(polygon, 'group', at), 'textbox', 'y').fill(String(y));
    }
  }, 'some(6)'],
  ['area', (form) => field(form, 'combobox', 'figure').selectOption('nothing'), 'none'],
  ['introduce', async (form) => {
    await field(form, 'textbox', 'name').fill('Ada “L.” Lovelace');
    await field(form, 'textbox', 'initial').fill('Ä');
    await field(form, 'combobox', 'born').selectOption('some');
    await field(form, 'textbox', 'some').fill('1815');
    await form.getByRole('checkbox', { name: 'write' }).check();
    await form.getByRole('button', { name: 'Add an item to figures' }).click();
    await form.getByRole('button', { name: 'Add an item to figures' }).click();
    await field(form, 'combobox', '1').selectOption('circle');
    await field(form, 'textbox', 'circle').fill('-0.5');
  }, '"Ada “L.” Lovelace (Ä), born in 1815: 2 figures, Access(WRITE)"'],
  ['divide', async (form) => {
    await field(form, 'textbox', 'a').fill('-17');
    await field(form, 'textbox', 'by').fill('5');
  }, 'ok((-3, -2))'],
  ['divide', async (form) => {
    await field(form, 'textbox', 'a').fill('-9223372036854775808');
    await field(form, 'textbox', 'by').fill('-1');
  }, 'err("-9223372036854775808 cannot be divided by -1")'],
  ['largest', async (form) => {
    for (const [at, value] of ['18446744073709551615', '7'].entries()) {
      await form.getByRole('button', { name: 'Add an item to among' }).click();
      await field(form, 'textbox', at).fill(value);
    }
  }, 'some(18446744073709551615)'],
  ['reverse', async (form) => {
    await form.getByRole('combobox', { name: 'bytes: bytes given as' }).selectOption('as hexadecimal');
    await field(form, 'textbox', 'bytes').fill('de ad be ef');
  }, '[239, 190, 173, 222]'],
  ['settle', (form) => field(form, 'combobox', 'answer').selectOption('some'), '"asked, and no answer"'],
];

pageTest('values of all kinds go in and come out, unfused and fused', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('values'));
  await fused(page);
  const panel = await runTab(page);
  for (const [name, fill, expected] of VALUES) {
    // Another function in between, so that the form begins anew.
    await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('fail');
    await call(panel, name, fill);
    for (const of of ['Fused', 'Unfused']) await gives(panel, of, expected, name);
  }
  await call(panel, 'fail');
  for (const of of ['Fused', 'Unfused']) {
    await panel.getByRole('region', { name: `Run of ${of}` }).getByText('Trapped', { exact: true }).waitFor();
  }
});

// A call of each kind has a page of its own: what one leaves in jco 1.35 has made the other fail, once in some twenty runs.
pageTest('an async function runs, with tasks in another component', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('async'));
  await fused(page);
  const panel = await runTab(page);
  await call(panel, 'serve', async (form) => {
    for (const [at, dish] of ['soup', 'fish'].entries()) {
      await form.getByRole('button', { name: 'Add an item to dishes' }).click();
      await field(form, 'textbox', at).fill(dish);
    }
  });
  // Both are cooked at once: the dish that was ordered last, and takes one step, is not the last to be served.
  const served = '["soup: 1 of 2", "fish: 1 of 1", "soup: 2 of 2", "fish is served", "soup is served"]';
  for (const of of ['Fused', 'Unfused']) await gives(panel, of, served);
});

pageTest('an async function runs, with a stream from another component', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('async'));
  await fused(page);
  const panel = await runTab(page);
  await call(panel, 'weight', (form) => field(form, 'textbox', 'steps').fill('1000'));
  for (const of of ['Fused', 'Unfused']) await gives(panel, of, '500500');
});

pageTest('an async function is repeated, each call when the one before is over', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'square.wat', bytes: await readFile(join(root, 'docs/examples/async/square.wat')) }]);
  await fused(page);
  const panel = await runTab(page);
  await call(panel, 'square', (form) => field(form, 'textbox', 'n').fill('12'));
  for (const of of ['Fused', 'Unfused']) await gives(panel, of, '144');
  const repeat = panel.getByRole('region', { name: 'Repeat the call' });
  await repeat.getByLabel('Times', { exact: true }).selectOption('100');
  await repeat.getByRole('button', { name: 'Repeat', exact: true }).click();
  await repeat.getByText('100 calls of each').waitFor();
});

pageTest('a component that was given as text runs', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('text'));
  await fused(page);
  const panel = await runTab(page);
  await call(panel, 'run');
  // As `wasmtime run --invoke` prints it for the unfused component.
  await gives(panel, 'Fused', '33');
});

pageTest('a value that the type does not have is refused where it is', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('values'));
  await fused(page);
  const panel = await runTab(page);
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('divide');
  const a = field(panel, 'textbox', 'a');
  await a.fill('9223372036854775808');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByRole('alert').getByText(/^Not run: an s64 is a whole number from -9223372036854775808 to 9223372036854775807/).waitFor();
  await shows(() => a.getAttribute('aria-invalid'), 'true');
  await shows(() => a.evaluate((element) => element === document.activeElement), true, 'its focus');
});

pageTest('handles of a chain of components are kept, passed on and dropped', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('chain'));
  await fused(page);
  const panel = await runTab(page);
  const picture = (name, size) => async (form) => {
    await field(form, 'textbox', 'name').fill(name);
    await field(form, 'textbox', 'size').fill(size);
  };
  await call(panel, 'gallery', (form) => field(form, 'textbox', 'title').fill('Louvre'));
  await gives(panel, 'Fused', '<gallery 1>');
  const handles = panel.getByRole('region', { name: 'Handles' });
  await handles.getByText('gallery 1').waitFor();
  await call(panel, 'gallery.title');
  await gives(panel, 'Fused', '"Louvre"');
  await call(panel, 'gallery.hang', picture('Mona Lisa', '0.5'));
  await gives(panel, 'Fused', '0');
  await call(panel, 'gallery.hang', picture('Liberté', '8.25'));
  await gives(panel, 'Fused', '1');
  await call(panel, 'shapes');
  await gives(panel, 'Fused', '2');
  await call(panel, 'gallery.size', (form) => field(form, 'textbox', 'at').fill('1'));
  await gives(panel, 'Fused', 'some(8.25)');
  // Takes the handle for good.
  await call(panel, 'gallery.close');
  await gives(panel, 'Fused', '[{name: "Mona Lisa", size: 0.5}, {name: "Liberté", size: 8.25}]');
  await handles.waitFor({ state: 'detached' });
  await call(panel, 'shapes');
  await gives(panel, 'Fused', '0');
});

pageTest('a function that does not return is stopped, and others run afterwards', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'endless.wat', bytes: ENDLESS }]);
  await fused(page);
  const panel = await runTab(page);
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('spin');
  await panel.getByRole('button', { name: 'Run both' }).click();
  const [one, other] = ['Fused', 'Unfused'].map((of) => panel.getByRole('region', { name: `Run of ${of}` }));
  await one.getByText('Running…').waitFor();
  await other.getByText('Running…').waitFor();
  // The page answers meanwhile.
  await page.getByRole('radio', { name: 'Dark theme' }).check();
  await one.getByText('Running…').waitFor();
  await one.getByRole('button', { name: 'Stop' }).click();
  await one.getByText('Stopped', { exact: true }).waitFor();
  await other.getByText('Running…').waitFor();
  await panel.getByRole('form').getByRole('button', { name: 'Stop' }).click();
  await other.getByText('Stopped', { exact: true }).waitFor();

  await call(panel, 'add', async (form) => {
    await field(form, 'textbox', 'a').fill('4000000000');
    await field(form, 'textbox', 'b').fill('294967295');
  });
  await gives(panel, 'Fused', '4294967295');
});

pageTest('a command gets the arguments and the standard input that are typed', async ({ page, address, folder }) => {
  const one = examples.find(({ id }) => id === 'stdin');
  await open(page, address);
  await example(page, one.title);
  await fused(page);
  const panel = await runTab(page);
  await panel.getByLabel(/^Arguments/).fill(`English 'no language' "français"`);
  await panel.getByLabel('Standard input').fill('Zoë\n');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
  const component = await native.fuse(folder, await inputsOf(one), ['--component']);
  const expected = await native.run(folder, component, { args: ['English', 'no language', 'français'], stdin: 'Zoë\n' });
  assert.ok(expected.stdout.includes('Zoë'));
  await shows(() => panel.getByLabel('Standard output of Fused').innerText(), expected.stdout);
  await panel.getByRole('region', { name: 'Run of Fused' }).getByText(`Exit status ${expected.code}`, { exact: true }).waitFor();
});

/** A command with what it gets, and what it prints and ends with. */
async function runsOnWasi01(page, panel, { args, stdin }, expected) {
  await panel.getByText('The fused module runs on WASI 0.1 here, the composition on WASI 0.2.').waitFor();
  await panel.getByLabel(/^Arguments/).fill(args.join(' '));
  await panel.getByLabel('Standard input').fill(stdin);
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText(AGREE).waitFor();
  await shows(() => panel.getByLabel('Standard output of Fused').innerText(), expected.stdout);
  const run = panel.getByRole('region', { name: 'Run of Fused' });
  await run.getByText(`Exit status ${expected.code}`, { exact: true }).waitFor();
  // By itself, not by jco.
  await run.getByText(/^compiled in .*, instantiated in .*, ran for /).waitFor();
  await panel.getByRole('region', { name: 'Run of Unfused' }).getByText(/^translated in /).waitFor();
}

pageTest('a command on WASI 0.1 runs as the module that it is, with one memory and with several', async ({ page, address, folder }) => {
  const one = examples.find(({ id }) => id === 'stdin');
  const given = { args: ['English', 'français'], stdin: 'Zoë\nAda\n' };
  const component = await native.fuse(folder, await inputsOf(one), ['--component']);
  const expected = await native.run(folder, component, given);
  assert.ok(expected.stdout.includes('Zoë'));
  await open(page, address);
  await example(page, one.title);
  await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
  await fused(page);
  await runsOnWasi01(page, await runTab(page), given, expected);
  await choose(page, { memory: 'Several memories' });
  await fused(page);
  await runsOnWasi01(page, await runTab(page), given, expected);
});

pageTest('a command on WASI 0.1 fails and traps as its composition does', async ({ page, address, folder }) => {
  await open(page, address);
  for (const [name, body, ends] of [['fails.wat', '(i32.const 1)', 'Exit status 1'], ['traps.wat', 'unreachable', 'Trapped']]) {
    await dropFiles(page, folder, [{ name, bytes: command(body) }]);
    await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
    await fused(page);
    const panel = await runTab(page);
    await panel.getByRole('button', { name: 'Run both' }).click();
    await panel.getByText(AGREE).waitFor();
    for (const of of ['Fused', 'Unfused']) {
      await panel.getByRole('region', { name: `Run of ${of}` }).getByText(ends, { exact: true }).waitFor();
    }
    await page.getByRole('button', { name: `Remove ${name}` }).click();
  }
});

pageTest('a library on WASI 0.1 runs by the component that it would be', async ({ page, address }) => {
  await open(page, address);
  await example(page, titleOf('text'));
  await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
  await fused(page);
  const panel = await runTab(page);
  await call(panel, 'run');
  await gives(panel, 'Fused', '33');
});
