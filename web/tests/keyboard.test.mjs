// The page without a mouse: everything is reached with Tab and the arrows, and the focus is seen.

import assert from 'node:assert/strict';
import { download, dropFiles, fused, hasInputs, open, says, stubs } from './support/actions.mjs';
import { eventually, holds, shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { ENDLESS, examples, inputsOf, middleware } from './support/samples.mjs';

/** More than the page has to focus. */
const MOST = 120;

const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Waits until something has the focus. */
const hasFocus = (locator) => shows(() => isFocused(locator), true, `the focus of ${locator}`);

/** Whether what has the focus shows it: an outline around it or its label; a line that is drawn wide. */
async function focusIsSeen(page) {
  const tell = () => page.evaluate(() => {
    const active = document.activeElement;
    const outlined = (element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    };
    const wide = (path) => parseFloat(getComputedStyle(path).strokeWidth) >= 3;
    const { top, left, bottom, right } = active.getBoundingClientRect();
    // Past the last element the focus is on the browser itself.
    return {
      what: active.outerHTML.slice(0, 200),
      seen: active === document.body || [active, active.parentElement].some(outlined) || [...active.querySelectorAll(':scope > path')].some(wide),
      inView: active === document.body || (bottom > 0 && right > 0 && top < innerHeight && left < innerWidth),
    };
  });
  await eventually(async () => {
    const told = await tell();
    assert.ok(told.seen, `no focus is seen on ${told.what}`);
    assert.ok(told.inView, `out of view: ${told.what}`);
  });
}

/** Presses a key until something has the focus. */
async function goTo(page, locator, key = 'Tab') {
  for (let pressed = 0; pressed < MOST; pressed++) {
    if ((await locator.count()) === 1 && (await isFocused(locator))) return;
    const before = await page.evaluateHandle(() => document.activeElement);
    await page.keyboard.press(key);
    await holds(() => page.evaluate((before) => before !== document.activeElement, before), Boolean, () => `${key} moves the focus`);
    await focusIsSeen(page);
  }
  assert.fail(`${locator} is not reached with ${key}`);
}

pageTest('from the first key to the downloaded result', async ({ page, address, folder }) => {
  const one = examples.find(({ id }) => id === 'demo');
  await open(page, address);
  await page.keyboard.press('Tab');
  await hasFocus(page.getByRole('link', { name: 'Skip to the views' }));
  await focusIsSeen(page);

  // An example, from the menu.
  await goTo(page, page.getByRole('button', { name: 'Examples', exact: true }));
  await page.keyboard.press('Enter');
  const items = page.getByRole('menuitem');
  await items.first().waitFor();
  await hasFocus(items.first());
  await page.keyboard.press('ArrowDown');
  await hasFocus(items.nth(1));
  await page.keyboard.press('Escape');
  await hasFocus(page.getByRole('button', { name: 'Examples', exact: true }));
  await shows(() => items.count(), 0);
  await page.keyboard.press('Enter');
  await hasFocus(items.first());
  await goTo(page, items.filter({ has: page.getByText(one.title, { exact: true }) }), 'ArrowDown');
  await page.keyboard.press('Enter');
  await fused(page);

  // Options.
  await goTo(page, page.getByRole('radio', { name: 'Component', exact: true }));
  await page.keyboard.press('ArrowRight');
  await shows(() => page.getByRole('radio', { name: 'Core module' }).isChecked(), true);
  await goTo(page, page.getByRole('checkbox', { name: 'Keep the names of functions' }));
  await page.keyboard.press('Space');
  await fused(page);
  const expected = native.sha256(await native.fuse(folder, await inputsOf(one), ['--names']));

  // The result, by its button and by its key.
  await goTo(page, page.getByRole('button', { name: 'Download', exact: true }));
  for (const key of ['Enter', 'Control+s']) {
    const { bytes } = await download(page, () => page.keyboard.press(key));
    assert.equal(native.sha256(bytes), expected, key);
  }

  // The tabs, and into each of them.
  await goTo(page, page.getByRole('tab', { name: 'Inspect' }));
  for (const name of ['Connections', 'Result', 'Boundaries', 'Text', 'Run', 'Inspect']) {
    await page.keyboard.press('ArrowRight');
    const tab = page.getByRole('tab', { name, exact: true });
    await hasFocus(tab);
    await shows(() => tab.getAttribute('aria-selected'), 'true');
    await page.getByRole('tabpanel', { name, exact: true }).waitFor();
  }
  await page.keyboard.press('End');
  await page.getByRole('combobox', { name: 'Run', exact: true }).waitFor();
  await goTo(page, page.getByRole('button', { name: 'Run both' }));
  await page.keyboard.press('Enter');
  await page.getByText('The runs agree').waitFor();
});

pageTest('inputs are moved, renamed and removed by keys', async ({ page, address }) => {
  await open(page, `${address}#example=demo`);
  await fused(page);
  await goTo(page, page.getByRole('button', { name: 'app.wasm', exact: true }));
  await page.keyboard.press('Alt+ArrowDown');
  await hasInputs(page, ['greeter.wasm', 'app.wasm']);
  await hasFocus(page.getByRole('button', { name: 'app.wasm', exact: true }));
  await page.keyboard.press('Alt+ArrowUp');
  await hasInputs(page, ['app.wasm', 'greeter.wasm']);
  await goTo(page, page.getByRole('button', { name: 'Rename app.wasm' }));
  await page.keyboard.press('Enter');
  await goTo(page, page.getByLabel('Name', { exact: true }));
  await page.keyboard.press('Control+A');
  await page.keyboard.type('program.wasm');
  await page.keyboard.press('Enter');
  await hasInputs(page, ['program.wasm', 'greeter.wasm']);
  await goTo(page, page.getByRole('button', { name: 'greeter.wasm', exact: true }));
  await page.keyboard.press('Delete');
  await hasInputs(page, ['program.wasm']);
  await focusIsSeen(page);
  await goTo(page, page.getByRole('status', { name: 'Notice' }).getByRole('button', { name: 'Undo' }));
  await page.keyboard.press('Enter');
  await hasInputs(page, ['program.wasm', 'greeter.wasm']);
});

pageTest('inputs are composed in order, and imports stubbed, by keys', async ({ page, address, folder }) => {
  await open(page, address);
  await dropFiles(page, folder, middleware());
  const order = page.getByRole('checkbox', { name: 'Compose in order' });
  await goTo(page, order);
  await page.keyboard.press('Space');
  await shows(() => order.isChecked(), true);
  await fused(page);

  await goTo(page, page.getByRole('button', { name: 'Remove number.wat' }));
  await page.keyboard.press('Enter');
  await fused(page);
  await goTo(page, page.locator('summary').filter({ hasText: 'Stub imports' }));
  await page.keyboard.press('Enter');
  const section = await stubs(page);
  const row = section.getByRole('checkbox', { name: 'test:n/number' });
  await goTo(page, row);
  await page.keyboard.press('Space');
  await shows(() => row.isChecked(), true);
  await fused(page);
  await page.keyboard.press('Space');
  await shows(() => row.isChecked(), false);

  // A pattern has a row while it is chosen; the focus goes on to the field.
  const field = section.getByLabel('Import to stub');
  await goTo(page, field);
  await page.keyboard.type('test:*');
  await page.keyboard.press('Enter');
  await fused(page);
  const pattern = section.getByRole('checkbox', { name: 'test:*' });
  await goTo(page, pattern.first(), 'Shift+Tab');
  await page.keyboard.press('Space');
  await hasFocus(field);
  await shows(() => row.isChecked(), false);
});

pageTest('dialogs take the focus, close with Escape, and give it back', async ({ page, address }) => {
  await open(page, address);
  const dialog = page.getByRole('dialog');

  await goTo(page, page.getByRole('button', { name: 'Paste text' }));
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await hasFocus(dialog.getByRole('textbox'));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await hasFocus(page.getByRole('button', { name: 'Paste text' }));

  await page.keyboard.press('Enter');
  await page.keyboard.insertText(ENDLESS);
  await goTo(page, dialog.getByRole('button', { name: 'Add', exact: true }));
  await page.keyboard.press('Enter');
  await fused(page);

  await goTo(page, page.getByRole('button', { name: 'Help' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await holds(() => dialog.evaluate((element) => element.contains(document.activeElement)), Boolean, () => 'the dialog has the focus');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await hasFocus(page.getByRole('button', { name: 'Help' }));

  // By its key, from anywhere but a field.
  await page.keyboard.press('?');
  await dialog.waitFor();
  // Closed, and opened before the browser has told that it is closed.
  await Promise.all([page.keyboard.press('Escape'), page.keyboard.press('?')]);
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await goTo(page, page.getByLabel('File name'));
  await page.keyboard.press('?');
  await holds(() => page.getByLabel('File name').inputValue(), (name) => name.includes('?'));
  await dialog.waitFor({ state: 'detached' });
});

pageTest('a part of the graph is selected by keys', async ({ page, address }) => {
  await open(page, `${address}#example=demo&tab=connections`);
  await says(page, /Fused:/);
  const node = page.getByRole('group', { name: /^greeter\.wasm / });
  await node.waitFor();
  await goTo(page, node);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Selected' }).getByText('greeter.wasm', { exact: true }).waitFor();
});

pageTest('the focus is never lost', async ({ page, address }) => {
  await open(page, address);
  /** Presses a button; afterwards something has the focus. */
  async function press(button, done) {
    await button.focus();
    await page.keyboard.press('Enter');
    await done();
    await holds(() => page.evaluate(() => document.activeElement !== document.body), Boolean, () => 'nothing has the focus');
  }
  const button = (name) => page.getByRole('button', { name, exact: true });
  const notice = page.getByRole('status', { name: 'Notice' });
  await press(page.getByRole('main').getByRole('button', { name: /^A program and its library/ }), () => fused(page));
  await press(button('Fuse'), () => fused(page));
  await press(button('Remove app.wasm'), () => notice.waitFor());
  await press(notice.getByRole('button', { name: 'Undo' }), () => fused(page));
  await press(button('Start over'), () => says(page, /No inputs yet/));
  await press(page.getByRole('banner').getByRole('button', { name: 'Undo' }), () => fused(page));
  await page.getByRole('tab', { name: 'Run' }).click();
  await press(button('Run both'), () => page.getByText('The runs agree').waitFor());
});
