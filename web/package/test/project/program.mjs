// The program of the README, in a project of its own.

import { readFile, writeFile } from 'node:fs/promises';
import { fuse, inspect, MeldError } from 'meld-fuser';

const inputs = await Promise.all(
  ['doubler.wat', 'user.wat'].map(async (name) => ({ name, bytes: await readFile(name) })),
);
const { bytes, statistics } = await fuse(inputs);
await writeFile('fused.wasm', bytes);
const { wit } = await inspect(inputs[1]);
const error = await fuse({ name: 'nothing', bytes: '' }).catch((error) => error);
console.log(JSON.stringify({ statistics, wit, refused: error instanceof MeldError && error.code }));
