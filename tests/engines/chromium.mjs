// WASI 0.1 in a page, by the package @bjorn3/browser_wasi_shim. In: a module, and what it is started with. Out: what
// came of it. The directory is one in the page's memory.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../../web/tests/support/chromium.mjs';
import { serveAll } from '../../web/tests/support/server.mjs';
import { root } from './engines.mjs';

const SHIM = join(root, 'web/node_modules/@bjorn3/browser_wasi_shim/dist');

/** Opens a page that has nothing but the package; `run` starts a module there. */
export async function openPage() {
  const server = await serveAll({ '/shim/': SHIM, '/': join(root, 'tests/engines/page') });
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(server.origin);
  return {
    async run(file, { arguments: args, variables, input, files }) {
      const [bytes, given] = [readFileSync(file), input].map((data) => data.toString('base64'));
      return await page.evaluate(runInPage, { bytes, args: ['program', ...args], variables, given, files });
    },
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** In the page. */
async function runInPage({ bytes, args, variables, given, files }) {
  const { ConsoleStdout, Directory, File, OpenFile, PreopenDirectory, WASI } = await import('/shim/index.js');
  const binary = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const written = { output: [], errors: [] };
  const tree = new Map();
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split('/');
    const name = parts.pop();
    let contents = tree;
    for (const part of parts) {
      if (!contents.has(part)) contents.set(part, new Directory(new Map()));
      contents = contents.get(part).contents;
    }
    contents.set(name, new File(new TextEncoder().encode(text)));
  }
  const descriptors = [
    new OpenFile(new File(binary(given))),
    new ConsoleStdout((data) => written.output.push(...data)),
    new ConsoleStdout((data) => written.errors.push(...data)),
    new PreopenDirectory('/', tree),
  ];
  const wasi = new WASI(args, Object.entries(variables).map(([name, value]) => `${name}=${value}`), descriptors);
  const { instance } = await WebAssembly.instantiate(binary(bytes), { wasi_snapshot_preview1: wasi.wasiImport });
  let status = 134;
  try {
    status = wasi.start(instance);
  } catch (error) {
    written.errors.push(...new TextEncoder().encode(`${error}\n`));
  }
  const text = (bytes) => new TextDecoder().decode(Uint8Array.from(bytes));
  const look = (contents, prefix = '') =>
    [...contents].sort(([one], [two]) => (one < two ? -1 : 1)).flatMap(([name, entry]) =>
      entry instanceof Directory
        ? [[`${prefix}/${name}`, 'directory'], ...look(entry.contents, `${prefix}/${name}`)]
        : [[`${prefix}/${name}`, Array.from(entry.data, (byte) => String.fromCharCode(byte)).join('')]],
    );
  return { output: text(written.output), errors: text(written.errors), status, files: look(tree) };
}
