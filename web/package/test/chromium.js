// A page in Chromium on files. In: folders. Out: the page. Not its job: what happens in it.

import { launch } from '../../tests/support/chromium.mjs';
import { serveAll } from '../../tests/support/server.mjs';

/** Opens a page on the files of `folders`: addresses that begin with a key are files of that directory. */
export async function open(folders, use) {
  const browser = await launch();
  const server = await serveAll(folders);
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await use(page, server.origin, complaints);
  } finally {
    await browser.close();
    await server.stop();
  }
}
