// The package in Chromium, bundled by Vite: the cases of `cases.js`.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { cases } from './cases.js';
import { open } from './chromium.js';
import { native, scratch } from './native.js';

await scratch(async (directory) => {
  const told = await native(directory);
  writeFileSync(join(directory, 'native.json'), JSON.stringify(told));
  const outDir = join(directory, 'page');
  await build({
    root: fileURLToPath(new URL('./page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    build: { outDir, target: 'es2022' },
  });
  await open({ '/inputs/': directory, '/': outDir }, async (page, address, complaints) => {
    await page.goto(`${address}/`);
    await page.waitForFunction('window.run');
    for (const name of cases({}, told).keys()) {
      await test(name, async () => assert.equal(await page.evaluate((name) => window.run(name), name), undefined));
    }
    await test('the page has nothing to complain about', () => assert.deepEqual(complaints, []));
  });
});
