// Makes OUT of text.js: node build.mjs OUT
import { componentize } from '@bytecodealliance/componentize-js';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { component } = await componentize(await readFile(here('text.js'), 'utf8'), {
  witPath: here('../wit'),
  worldName: 'text-js',
  disableFeatures: ['http', 'fetch-event'],
});
await writeFile(process.argv[2], component);
