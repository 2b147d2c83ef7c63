// Makes OUT of greeter.js. To be read from standard input, in the directory whose node_modules has
// componentize-js: node --input-type=module - SOURCE WIT OUT < build.mjs
import { componentize } from '@bytecodealliance/componentize-js';
import { readFile, writeFile } from 'node:fs/promises';

const [source, witPath, out] = process.argv.slice(2);
const { component } = await componentize(await readFile(source, 'utf8'), {
  witPath,
  worldName: 'library',
  disableFeatures: ['http', 'fetch-event'],
});
await writeFile(out, component);
