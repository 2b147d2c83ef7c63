// Every state that the page can be in, as ways to get there. Each is given an open, empty page and a
// folder for files. Used to check each for accessibility, and to take a picture of it.

import { join } from 'node:path';
import { choose, drag, drop, dropFiles, example, fused, says, share, stub, stubs, tab } from './actions.mjs';
import { put } from './native.mjs';
import { brokenInputs, demo, ENDLESS, examples, lacking, large, middleware } from './samples.mjs';

async function demoFused(page, folder) {
  await dropFiles(page, folder, await demo());
  await fused(page);
}

/** A tab about the demo, when what it shows is there. */
const demoTab = (name, shown) => async (page, folder) => {
  await demoFused(page, folder);
  await shown(await tab(page, name));
};

async function pasted(page, text) {
  await page.getByRole('button', { name: 'Paste text' }).click();
  const dialog = page.getByRole('dialog', { name: 'Paste text' });
  await dialog.getByRole('textbox').fill(text);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
}

const exampleOf = (page, id) => example(page, examples.find((one) => one.id === id).title);

async function ran(page) {
  const panel = await tab(page, 'Run');
  await panel.getByRole('button', { name: 'Run both' }).click();
  await panel.getByText('The runs agree: result, standard output and standard error.').waitFor();
}

export const states = {
  empty: (page) => page.getByRole('heading', { name: 'Begin with an example' }).waitFor(),
  'empty: measured': async (page) => {
    await page.getByRole('button', { name: 'Measure it here' }).click();
    await page.getByText(/medians of/).waitFor();
  },
  'menu of examples': async (page) => {
    await page.getByRole('button', { name: 'Examples', exact: true }).click();
    await page.getByRole('menuitem').first().waitFor();
  },
  'dialog to paste': async (page) => {
    await page.getByRole('button', { name: 'Paste text' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(ENDLESS);
  },
  help: async (page) => {
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('dialog', { name: 'Help' }).waitFor();
  },
  inspect: demoTab('Inspect', (panel) => panel.getByText('package root:component;').waitFor()),
  'inspect: parts': async (page, folder) => {
    await demoFused(page, folder);
    const panel = await tab(page, 'Inspect');
    const parts = panel.getByRole('region', { name: 'What it is made of' }).getByRole('group');
    await parts.first().waitFor();
    // Each that is opened shows those inside it.
    for (let at = 0; at < Math.min(3, await parts.count()); at++) {
      if ((await parts.nth(at).getAttribute('open')) === null) await parts.nth(at).locator('summary').first().click();
    }
  },
  connections: demoTab('Connections', (panel) => panel.getByRole('group', { name: /^Host / }).waitFor()),
  'connections: one selected': async (page, folder) => {
    await demoFused(page, folder);
    const panel = await tab(page, 'Connections');
    await panel.getByRole('rowheader').getByRole('button').first().click();
    await panel.getByText(/^An import of /).waitFor();
  },
  result: demoTab('Result', (panel) => panel.getByRole('region', { name: 'Size by section' }).getByRole('row').nth(1).waitFor()),
  boundaries: demoTab('Boundaries', (panel) => panel.getByRole('row').nth(1).waitFor()),
  text: demoTab('Text', (panel) => panel.getByText('(component').nth(1).waitFor()),
  run: demoTab('Run', (panel) => panel.getByRole('button', { name: 'Run both' }).waitFor()),
  'run: done': async (page, folder) => {
    await demoFused(page, folder);
    await ran(page);
  },
  'run: on WASI 0.1': async (page, folder) => {
    await demoFused(page, folder);
    await choose(page, { output: 'Core module', wasi: 'WASI 0.1' });
    await fused(page);
    await ran(page);
  },
  'run: running': async (page) => {
    await pasted(page, ENDLESS);
    await fused(page);
    const panel = await tab(page, 'Run');
    await panel.getByRole('button', { name: 'Run both' }).click();
    await panel.getByText('Running…').nth(1).waitFor();
  },
  'input: name and package': async (page, folder) => {
    await demoFused(page, folder);
    await page.getByRole('button', { name: 'Rename app.wasm' }).click();
    await page.getByLabel('Package').first().waitFor();
  },
  'broken inputs': async (page, folder) => {
    const files = await brokenInputs();
    await dropFiles(page, folder, files);
    await page.getByRole('region', { name: 'Inputs', exact: true }).getByRole('group', { name: /^Error / }).nth(files.length - 2).waitFor();
  },
  'result: none': async (page, folder) => {
    await dropFiles(page, folder, [(await brokenInputs())[0]]);
    await says(page, /Not fused/);
    await tab(page, 'Result');
  },
  'input removed': async (page, folder) => {
    await demoFused(page, folder);
    await page.getByRole('button', { name: 'Remove greeter.wasm' }).click();
    await page.getByRole('status', { name: 'Notice' }).getByRole('button', { name: 'Undo' }).waitFor();
  },
  'document: wrong': async (page, folder) => {
    await demoFused(page, folder);
    await page.getByRole('checkbox', { name: 'Compose by a WAC document' }).check();
    await page.getByRole('textbox', { name: 'WAC document' }).fill('package demo:composition;\n\nlet app = new demo:nothing { ... };\n');
    await says(page, /Not fused/);
  },
  'ambiguous: connections': async (page) => {
    await exampleOf(page, 'ambiguous');
    await says(page, /Not fused/);
    await (await tab(page, 'Connections')).getByText('could be met by').first().waitFor();
  },
  'settled: document': async (page) => {
    await exampleOf(page, 'settled');
    await fused(page);
  },
  'chain: connections': async (page) => {
    await exampleOf(page, 'chain');
    await fused(page);
    await (await tab(page, 'Connections')).getByText('Exports').first().waitFor();
  },
  'chain: calls': async (page) => {
    await exampleOf(page, 'chain');
    await fused(page);
    const panel = await tab(page, 'Connections');
    await panel.getByRole('radio', { name: 'Calls of all instances' }).check();
    await panel.locator('.svelte-flow__edge.met').first().press('Enter');
    await panel.getByRole('region', { name: 'Selected' }).getByRole('listitem').first().waitFor();
  },
  'in order: connections': async (page, folder) => {
    await dropFiles(page, folder, middleware());
    await page.getByRole('checkbox', { name: 'Compose in order' }).check();
    await fused(page);
    await (await tab(page, 'Connections')).getByRole('figure').getByText('Exports').waitFor();
  },
  'stubs: chosen': async (page, folder) => {
    await demoFused(page, folder);
    await stub(page, 'wasi:cli/terminal-*');
    await (await stubs(page)).getByText('5 imports', { exact: true }).waitFor();
    await fused(page);
    await (await tab(page, 'Connections')).getByRole('figure').getByText('Stubs', { exact: true }).waitFor();
  },
  'stubs: unreached': async (page, folder) => {
    await dropFiles(page, folder, [lacking()]);
    await (await stubs(page)).getByText('nothing reaches it', { exact: true }).waitFor();
    await fused(page);
    await page.getByRole('heading', { name: 'Imports that nothing reaches' }).waitFor();
  },
  'stubs: wrong': async (page, folder) => {
    await dropFiles(page, folder, [lacking()]);
    await stub(page, 'wasi:http/*');
    await (await stubs(page)).getByRole('group', { name: 'Error invalid-option' }).waitFor();
    await (await stubs(page)).getByText('names no import', { exact: true }).waitFor();
    await says(page, /Not fused/);
  },
  'async: run': async (page) => {
    await exampleOf(page, 'async');
    await fused(page);
    await ran(page);
  },
  'values: run': async (page) => {
    await exampleOf(page, 'values');
    await fused(page);
    const panel = await tab(page, 'Run');
    await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('introduce');
    await panel.getByRole('button', { name: 'Add an item to figures' }).click();
    await panel.getByRole('combobox', { name: /^0 / }).selectOption('polygon');
    await panel.getByRole('button', { name: 'Add an item to polygon' }).click();
    await panel.getByRole('textbox', { name: /^initial / }).fill('too long');
    await panel.getByRole('button', { name: 'Run both' }).click();
    await panel.getByText(/^Not run: /).waitFor();
  },
  'chain: handles': async (page) => {
    await exampleOf(page, 'chain');
    await fused(page);
    await ran(page);
  },
  'files over the page': async (page, folder) => {
    await put(folder, await demo());
    await drag(page, [join(folder, 'app.wasm')], ['dragEnter', 'dragOver']);
    await page.getByText('Drop components, WAC documents or folders').waitFor();
  },
  share: async (page, folder) => {
    await demoFused(page, folder);
    await share(page);
  },
  question: async (page, folder) => {
    await demoFused(page, folder);
    await dropFiles(page, folder, await demo());
    await page.getByRole('dialog', { name: 'Inputs of these names are here' }).waitFor();
  },
  'run: files': async (page) => {
    await exampleOf(page, 'files');
    await fused(page);
    await ran(page);
    await page.getByText('Environment and files').click();
    await page.getByText('out/counted.txt').first().click();
  },
  'run: repeated': async (page) => {
    await pasted(page, ENDLESS);
    await fused(page);
    const panel = await tab(page, 'Run');
    await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('add');
    const repeat = panel.getByRole('region', { name: 'Repeat the call' });
    await repeat.getByRole('button', { name: 'Repeat', exact: true }).click();
    await repeat.getByRole('table').waitFor();
  },
  'run: unmet': async (page, folder) => {
    await dropFiles(page, folder, [lacking()]);
    await fused(page);
    await (await tab(page, 'Run')).getByRole('button', { name: 'Stub them, and run' }).waitFor();
  },
  'optimisations': async (page, folder) => {
    await demoFused(page, folder);
    await page.getByText('Optimisations', { exact: true }).click();
    await page.getByRole('button', { name: 'None', exact: true }).click();
    await says(page, /Fused/);
  },
  'memory reserved': async (page, folder) => {
    await demoFused(page, folder);
    await choose(page, { memory: 'One memory' });
    await page.getByText('Reserve memory', { exact: true }).click();
    const parts = page.getByRole('textbox', { name: /^Reserve for / });
    await parts.first().fill('lots');
    await parts.first().press('Enter');
    await page.getByRole('alert').scrollIntoViewIfNeeded();
  },
  'text: found, and places': async (page, folder) => {
    await demoFused(page, folder);
    const result = (await tab(page, 'Text')).getByRole('region', { name: 'Text of the result', exact: true });
    await result.getByRole('searchbox').fill('memory.copy');
    await result.getByText(/^Line /).waitFor();
    await result.getByRole('combobox', { name: /^Go to/ }).click();
    await result.getByRole('option').nth(5).waitFor();
  },
  fusing: async (page, folder) => {
    // The fuser that looks at the inputs is there; the one that fuses does not come.
    await page.getByRole('banner').getByText(/^\d+\.\d+\.\d+$/).waitFor();
    await page.route('**/meld.core*.wasm', () => {});
    await dropFiles(page, folder, await demo());
    await page.getByRole('progressbar', { name: 'Fusing' }).waitFor();
  },
  'text: what it was': async (page, folder) => {
    await demoFused(page, folder);
    const panel = await tab(page, 'Text');
    const result = panel.getByRole('region', { name: 'Text of the result', exact: true });
    const box = result.getByRole('combobox', { name: /^Go to a function/ });
    // Generated functions have names.
    await box.fill('func ');
    await result.getByRole('option').first().waitFor();
    await box.press('Enter');
    await result.getByRole('button', { name: /^func \d+ of / }).click();
    await panel.getByRole('region', { name: 'Text of an input' }).getByRole('status').getByText('In the result:').waitFor();
  },
  'text: edited': async (page, folder) => {
    await dropFiles(page, folder, middleware());
    const panel = await tab(page, 'Text');
    await panel.getByRole('checkbox', { name: 'As it was given, to edit' }).check();
    const box = panel.getByRole('textbox', { name: 'Text of double.wat, as it was given' });
    await box.fill((await box.inputValue()).replace('i32.mul', 'i32.mul i32.muk'));
    await panel.getByRole('button', { name: /^Go to line/ }).waitFor();
  },
  'large inputs': async (page) => {
    await drop(page, await large());
    await says(page, /Ready to fuse/);
  },
};
