// Runs a program of WASI 0.1 in Node.js. In: a module that `meld fuse --wasi 0.1` made, and arguments for it.
// Out: what it prints, and its exit status.
//
//     node --no-warnings docs/examples/wasi-0.1/node.mjs app.wasm [ARGUMENT...]

import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const args = process.argv.slice(2);
// It sees the folder in which it is started, as its root.
const wasi = new WASI({ version: 'preview1', args, env: process.env, preopens: { '/': process.cwd() }, returnOnExit: true });
const { instance } = await WebAssembly.instantiate(readFileSync(args[0]), wasi.getImportObject());
process.exitCode = wasi.start(instance);
