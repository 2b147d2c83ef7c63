// Where what the tests need is. MELD_PAGE can tell another page; what is missing
// ends the tests with the recipe that makes it.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

function needed(path, what) {
  if (existsSync(path)) return path;
  console.error(`${path} is not there: ${what}`);
  process.exit(1);
}

const place = (variable, path) => resolve(root, process.env[variable] ?? path);
const build = '`npx -y rust-just build` makes it';
const page = '`npx -y rust-just page` makes it';

/** The built page. */
export const dist = place('MELD_PAGE', 'web/dist');
needed(resolve(dist, 'index.html'), page);
needed(resolve(dist, 'examples/index.json'), page);

/** A folder with the native command, to be put on the PATH, and the command itself. */
export const binaries = resolve(root, 'target/release');
export const meld = needed(resolve(binaries, 'meld'), build);
export const runComponent = needed(resolve(binaries, 'run-component'), build);
