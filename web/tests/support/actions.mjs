// What a user does with the page, and reads from it, by roles and labels.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { complaintsOf, newContext } from './browser.mjs';
import { holds, shows } from './eventually.mjs';
import { put, sha256 } from './native.mjs';

/** Drops files on the page as the browser's own drag does. `paths`: files or folders. */
export async function drop(page, paths) {
  await drag(page, paths, ['dragEnter', 'dragOver']);
  await page.getByText('Drop components, WAC documents or folders').waitFor();
  await drag(page, paths, ['dragOver', 'drop']);
}

/** Writes files into a folder, and drops them. */
export async function dropFiles(page, folder, files) {
  await put(folder, files);
  await drop(page, files.map(({ name }) => join(folder, name)));
}

export async function drag(page, paths, events) {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of events) await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
  await session.detach();
}

/** Opens the page and waits until it is ready for the user. */
export async function open(page, address) {
  await page.goto(address);
  const main = page.locator('main[aria-busy=false]');
  await main.getByRole('listitem').or(main.getByRole('tab')).first().waitFor();
}

/** Opens what there is to share, and waits until it is there. */
export async function share(page) {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await dialog.getByRole('button', { name: 'Copy link' }).waitFor();
  return dialog;
}

/** What the button puts on the clipboard. */
export async function copiedLink(page, address) {
  const dialog = await share(page);
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
  return holds(() => page.evaluate(() => navigator.clipboard.readText()), (text) => text.startsWith(address));
}

/** Opens a link in a browser that has seen nothing yet, where `look` looks at the page. */
export async function elsewhere(browser, link, look) {
  const other = await newContext(browser);
  const complaints = complaintsOf(other);
  const page = await other.newPage();
  await open(page, link);
  await look(page);
  await other.close();
  assert.deepEqual(complaints, []);
}

export const status = (page) => page.getByRole('status', { name: 'Status' });

/** Waits for the status line to say something. */
export async function says(page, pattern) {
  await status(page).filter({ hasText: pattern }).waitFor();
}

export const fused = (page) => says(page, /Fused:/);

/** The names of the inputs, in their order. */
export const inputNames = (page) =>
  page.getByRole('article', { name: /^Input / }).evaluateAll((cards) => cards.map((card) => card.ariaLabel.replace(/^Input /, '')));

/** Waits until the inputs are these, in this order. */
export const hasInputs = (page, names) => shows(() => inputNames(page), names);

export const card = (page, name) => page.getByRole('article', { name: `Input ${name}`, exact: true });

export async function choose(page, { output, wasi, memory, names }) {
  // WASI brings a choice of memories along.
  for (const name of [output, wasi, memory]) {
    if (name) await page.getByRole('radio', { name, exact: true }).check();
  }
  if (names !== undefined) await page.getByRole('checkbox', { name: 'Keep the names of functions' }).setChecked(names);
}

/** Opens what is about stubs, if it is not open. */
export async function stubs(page) {
  const section = page.getByRole('group').filter({ has: page.getByText('Stub imports', { exact: true }) });
  if ((await section.getAttribute('open')) === null) await section.getByText('Stub imports', { exact: true }).click();
  await section.getByLabel('Import to stub').waitFor();
  return section;
}

/** Stubs what a pattern names. */
export async function stub(page, pattern) {
  const field = (await stubs(page)).getByLabel('Import to stub');
  await field.fill(pattern);
  await field.press('Enter');
}

/** The SHA-256 that the page shows. */
export const shownSha256 = (page) => page.getByLabel('SHA-256', { exact: true }).innerText();

/** Waits until the page shows the SHA-256 of these bytes, and so until they are the result. */
export const showsResult = (page, bytes) => shows(() => shownSha256(page), sha256(bytes));

export const commandLine = (page) => page.getByLabel('Command line', { exact: true }).innerText();

/** Waits until there is nothing to download. */
export const noResult = (page) => page.getByRole('button', { name: 'Download' }).waitFor({ state: 'detached' });

/** The cells of a table row by row, without those of its head. */
export const cells = (table) =>
  table.getByRole('row').evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll('th[scope=row], td')].map((cell) => cell.innerText)).filter((row) => row.length > 0),
  );

/** Downloads the result; the file's name and bytes. */
export async function download(page, press = () => page.getByRole('button', { name: 'Download', exact: true }).click()) {
  const [got] = await Promise.all([page.waitForEvent('download'), press()]);
  const parts = [];
  for await (const part of createReadStream(await got.path())) parts.push(part);
  return { name: got.suggestedFilename(), bytes: Buffer.concat(parts) };
}

export async function tab(page, name) {
  await page.getByRole('tab', { name, exact: true }).click();
  const panel = page.getByRole('tabpanel', { name, exact: true });
  await panel.waitFor();
  return panel;
}

/** Opens an example from the menu. */
export async function example(page, title) {
  await page.getByRole('button', { name: 'Examples', exact: true }).click();
  await page.getByRole('menuitem').filter({ has: page.getByText(title, { exact: true }) }).click();
}
