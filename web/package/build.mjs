// Builds the package. In: `target/meld.wasm`, `wit/` and `src/`. Out: `generated/`, what jco makes of
// the component, and `dist/`, what the package ships. Not its job: building `meld.wasm`.

import { transpile, types } from '@bytecodealliance/jco';
import { _setPreopens } from '@bytecodealliance/preview2-shim/filesystem';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithEsbuild } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const component = join(root, 'target/meld.wasm');
const generated = join(here, 'generated');
const dist = join(here, 'dist');

/** The interface that users see. Its types come from the WIT, where the comments are. */
const INTERFACE = 'interfaces/meld-fuser-fusion.d.ts';
/** The core modules of `meld.wasm` that are too small for a file of their own, in bytes. */
const SMALL = 4096;

if (!existsSync(component)) {
  fail(`${component} is missing: \`just component\` builds it`);
}
const options = { name: 'meld', instantiation: 'async', nodejsCompat: false };
const { files } = await transpile(readFileSync(component), options);
// jco reads WIT through WASI, and offers itself no directory unless told to.
_setPreopens({ '/': '/' });
const declared = (await types(join(root, 'wit'), { ...options, worldName: 'meld' }))[INTERFACE];
if (!sameTypes(declared, files[INTERFACE])) {
  fail(`${component} does not have the interface of ${join(root, 'wit')}: \`just component\` builds it anew`);
}

for (const directory of [generated, dist]) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'interfaces'), { recursive: true });
}

const small = [];
for (const [name, bytes] of Object.entries(files)) {
  if (name.endsWith('.wasm') && bytes.length < SMALL) {
    small.push(`  '${name}': '${Buffer.from(bytes).toString('base64')}',\n`);
  } else {
    writeFileSync(join(generated, name), name === INTERFACE ? declared : bytes);
  }
}
writeFileSync(join(generated, 'small.js'), `export const small = {\n${small.join('')}};\n`);
writeFileSync(join(generated, 'small.d.ts'), 'export const small: Readonly<Record<string, string>>;\n');

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const compiled = spawnSync(process.execPath, [compiler, '--project', here], { stdio: 'inherit' });
if (compiled.status !== 0) {
  process.exit(1);
}
cpSync(generated, dist, { recursive: true });
const { code } = await transformWithEsbuild(text(files['meld.js']), 'meld.js', {
  minify: true,
  target: 'es2022',
  define: {
    // Nothing here is asynchronous inside. jco asks engines for it all the same, and to be told no takes
    // five times as long as all else that an instance needs. `Object` gives back the function it is given.
    'WebAssembly.promising': 'Object',
    // Loading is done elsewhere. Bundlers would see here an address of any file beside this one, and take
    // all of them along.
    'import.meta.url': 'undefined',
  },
});
// jco's mark tells nobody anything, and bundlers warn of marks that they do not know.
writeFileSync(join(dist, 'meld.js'), code.replace(/^"use components";/, ''));
cpSync(join(root, 'LICENSE'), join(here, 'LICENSE'));
chmodSync(join(dist, 'command.js'), 0o755);

/** Whether two declarations say the same but for comments and blanks. */
function sameTypes(a, b) {
  const bare = (file) => text(file).replace(/\/\*.*?\*\//gs, '').replace(/\s+/g, ' ');
  return bare(a) === bare(b);
}

function text(bytes) {
  return new TextDecoder().decode(bytes);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
