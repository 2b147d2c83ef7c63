// Links, bundles, and inputs on other servers: what somebody else gets is what is here, and what is left out is said
// to both.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { copiedLink, download, drop, dropFiles, elsewhere, fused, hasInputs, open, share, shownSha256, showsResult, tab } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import * as native from './support/native.mjs';
import { pageTest } from './support/page-test.mjs';
import { command, demo, ENDLESS, lacking } from './support/samples.mjs';

const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };
const notice = (page) => page.getByRole('status', { name: 'Notice' });
/** No deflating makes these fewer. */
const noise = (length) => Buffer.from(Uint8Array.from({ length }, () => Math.random() * 256));

/** A component that is large because of what nothing looks at. */
function large(name) {
  const custom = noise(400_000);
  const length = custom.length + 2;
  const leb = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
  const header = Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
  return { name, bytes: Buffer.concat([header, Buffer.from([0, ...leb, 1, 0x78]), custom]) };
}

/** A server with files that other pages may read, unless told otherwise. */
async function otherServer(files) {
  const server = createServer((request, response) => {
    const { bytes, headers = { 'access-control-allow-origin': '*' }, status = 200 } = files[request.url] ?? { status: 404 };
    response.writeHead(status, headers).end(bytes);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}

pageTest('two dropped components: a link gives both, with options and result, to another browser', async ({ page, address, folder, browser }) => {
  const files = await demo();
  await open(page, address);
  await dropFiles(page, folder, files);
  await fused(page);
  await page.getByRole('radio', { name: 'Core module', exact: true }).check();
  await page.getByRole('radio', { name: 'One memory', exact: true }).check();
  await showsResult(page, await native.fuse(folder, files, ['--memory', 'single']));
  const dialog = await share(page);
  await shows(() => dialog.getByRole('list', { name: 'Inputs in the link' }).getByRole('listitem').count(), 2);
  assert.equal(await dialog.getByText('left out').count(), 0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  const before = await shownSha256(page);
  await elsewhere(browser, await copiedLink(page, address), async (fresh) => {
    await hasInputs(fresh, files.map(({ name }) => name));
    await fused(fresh);
    await shows(() => shownSha256(fresh), before);
    await shows(() => notice(fresh).innerText(), '');
  });
}, CLIPBOARD);

pageTest('pasted text, a document, packages and what is typed for a run are in a link', async ({ page, address, folder, browser }) => {
  await open(page, address);
  await dropFiles(page, folder, [{ name: 'endless.wat', bytes: ENDLESS }]);
  await fused(page);
  await page.getByRole('checkbox', { name: 'Compose by a WAC document' }).check();
  const text = 'package a:b;\n// ü\nlet whole = new local:endless { ... };\nexport whole...;\n';
  await page.getByRole('textbox', { name: 'WAC document' }).fill(text);
  await page.getByLabel('Package').fill('local:endless');
  await page.keyboard.press('Enter');
  await fused(page);
  const panel = await tab(page, 'Run');
  await panel.getByRole('combobox', { name: 'Run', exact: true }).selectOption('add');
  await panel.getByRole('textbox', { name: /^b / }).fill('77');
  await elsewhere(browser, await copiedLink(page, address), async (fresh) => {
    await fused(fresh);
    await shows(() => fresh.getByRole('textbox', { name: 'WAC document' }).inputValue(), text);
    await shows(() => fresh.getByLabel('Package').inputValue(), 'local:endless');
    const runs = await tab(fresh, 'Run');
    await shows(() => runs.getByRole('textbox', { name: /^b / }).inputValue(), '77');
  });
}, CLIPBOARD);

pageTest('what has no room in a link is said before it is copied, and to whoever opens it; a bundle has it', async ({ page, address, folder, browser }) => {
  const small = { name: 'small.wat', bytes: command('(i32.const 0)') };
  const files = [large('large.wasm'), small];
  await open(page, address);
  await dropFiles(page, folder, files);
  const dialog = await share(page);
  const rows = dialog.getByRole('list', { name: 'Inputs in the link' }).getByRole('listitem');
  await rows.filter({ hasText: 'large.wasm' }).getByText('left out: too large').waitFor();
  await rows.filter({ hasText: 'small.wat' }).getByText('whole').waitFor();
  await dialog.getByText('The link leaves out 1 input.').waitFor();
  const bundle = await download(page, () => dialog.getByRole('button', { name: 'Download a bundle' }).click());
  assert.equal(bundle.name, 'meld-bundle.zip');
  await dialog.getByRole('button', { name: 'Close' }).click();

  await elsewhere(browser, await copiedLink(page, address), async (fresh) => {
    await hasInputs(fresh, ['small.wat']);
    await notice(fresh).getByText('The link does not carry large.wasm: ask for it, or for a bundle, and drop it here.').waitFor();
    await fused(fresh);
    // The bundle asks, as something is here.
    await native.put(folder, [bundle]);
    await drop(fresh, [join(folder, bundle.name)]);
    await fresh.getByRole('dialog', { name: 'Open meld-bundle.zip here?' }).getByRole('button', { name: 'Put it in their place' }).click();
    await hasInputs(fresh, ['large.wasm', 'small.wat']);
    await shows(() => fresh.getByRole('article', { name: 'Input large.wasm' }).getByText('400 kB').count(), 1);
  });
}, CLIPBOARD);

pageTest('the address that the page itself shows has no inputs, and says so to whoever opens it', async ({ page, address, folder, browser }) => {
  await open(page, address);
  await dropFiles(page, folder, [lacking()]);
  await fused(page);
  await page.waitForFunction(() => location.hash.includes('lacks=lacking.wat'));
  await elsewhere(browser, page.url(), async (fresh) => {
    await notice(fresh).getByText(/^The address does not carry lacking\.wat/).waitFor();
  });
});

pageTest('a link that is damaged says so', async ({ page, address }) => {
  await open(page, `${address}#work=AAAA`);
  await notice(page).getByText('The link is damaged: what it carries cannot be read.').waitFor();
});

pageTest('inputs on other servers come by their addresses, and go on in a link as addresses', async ({ page, address, folder, browser }) => {
  const files = await demo();
  const server = await otherServer(Object.fromEntries(files.map(({ name, bytes }) => [`/parts/${name}`, { bytes }])));
  try {
    const urls = files.map(({ name }) => `${server.origin}/parts/${name}`);
    const words = urls.map((url) => `url=${encodeURIComponent(url)}`).join('&');
    await open(page, `${address}?${words}`);
    await hasInputs(page, ['app.wasm', 'greeter.wasm']);
    await fused(page);
    const whole = await native.fuse(folder, files, ['--component']);
    await showsResult(page, whole);
    // Taken once: a reload has them already.
    await page.waitForFunction(() => location.search === '');
    const dialog = await share(page);
    await dialog.getByText(`by its address, ${urls[0]}`).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const link = await copiedLink(page, address);
    assert.ok(link.length < 2_000, 'no bytes are in it');
    await elsewhere(browser, link, async (fresh) => {
      await hasInputs(fresh, ['app.wasm', 'greeter.wasm']);
      await showsResult(fresh, whole);
    });
  } finally {
    await server.stop();
  }
}, CLIPBOARD);

for (const [what, path, answer, pattern, complains] of [
  ['does not allow it', '/closed.wasm', { bytes: 'x', headers: {} }, /does not let other pages read its files: it sends no Access-Control-Allow-Origin\. Download it, and drop it here/, /CORS|ERR_FAILED/],
  ['has no such file', '/none.wasm', undefined, /answers 404 Not Found for \/none\.wasm/, /404/],
  ['gives a web page', '/page', { bytes: '<p>', headers: { 'access-control-allow-origin': '*', 'content-type': 'text/html' } }, /is a web page and no file/],
]) {
  pageTest(`a server that ${what}: its refusal is explained`, async ({ page, address }) => {
    const server = await otherServer(answer ? { [path]: answer } : {});
    try {
      await open(page, `${address}#url=${encodeURIComponent(server.origin + path)}`);
      await notice(page).getByText(pattern).waitFor();
      await hasInputs(page, []);
    } finally {
      await server.stop();
    }
  }, { complains });
}

pageTest('a server that is not there: that is said', async ({ page, address }) => {
  const server = await otherServer({});
  await server.stop();
  await open(page, `${address}#url=${encodeURIComponent(`${server.origin}/a.wasm`)}`);
  await notice(page).getByText(/cannot be reached/).waitFor();
}, { complains: /ERR_CONNECTION_REFUSED|Failed to load resource/ });
