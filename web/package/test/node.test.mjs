// The package in Node.js: the cases of `cases.js`.

import * as meld from 'meld-fuser';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cases } from './cases.js';
import { native, scratch } from './native.js';

await scratch(async (directory) => {
  const tests = cases(meld, await native(directory), (name) => readFileSync(join(directory, name)));
  await Promise.all([...tests].map(([name, run]) => test(name, run)));
});
