// Fuses components with meld.wasm in Node.js. In: files. Out: a file, or the error on stderr.
//
//     node fuse.mjs INPUT... OUTPUT

import { readFileSync, writeFileSync } from 'node:fs';
import { fusion } from './meld/meld.js'; // what jco makes of meld.wasm

const paths = process.argv.slice(2);
const output = paths.pop();
const inputs = paths.map((name) => ({ name, bytes: readFileSync(name) }));

try {
  const composing = { inOrder: false, stub: [] };
  const host = { wasi: 'as-imported', memory: 'multi', reserve: [] };
  const options = { output: 'component', names: false, debugInfo: false, provenance: false, composing, opaqueRep: [], ...host, skip: {}, explain: false };
  const { bytes } = fusion.fuse(inputs, options);
  writeFileSync(output, bytes);
} catch (error) {
  if (!error.payload) throw error; // not an error of the interface
  const { message, input, hint } = error.payload.val;
  console.error(`Error: ${input ? `${input}: ` : ''}${message}${hint ? ` (${hint})` : ''}`);
  process.exitCode = 1;
}
