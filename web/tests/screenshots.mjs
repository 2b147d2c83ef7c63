// Takes pictures of every state of the page for people to look at, into target/screenshots:
// node tests/screenshots.mjs [PART-OF-A-NAME…]. Not a test.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from './support/actions.mjs';
import { complaintsOf, NARROW, newContext, WIDE } from './support/browser.mjs';
import { launch } from './support/chromium.mjs';
import { dist, root } from './support/places.mjs';
import { serve } from './support/server.mjs';
import { states } from './support/states.mjs';

const out = join(root, 'target/screenshots');
const wanted = process.argv.slice(2);
await mkdir(out, { recursive: true });
const server = await serve(dist);
const browser = await launch();
let failed = false;
for (const [name, reach] of Object.entries(states)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const context = await newContext(browser);
  const complaints = complaintsOf(context);
  const folder = await mkdtemp(join(tmpdir(), 'meld-page-'));
  const page = await context.newPage();
  try {
    await open(page, server.address);
    await reach(page, folder);
  } catch (error) {
    complaints.push(error.message);
  }
  for (const [width, viewport] of [['wide', WIDE], ['narrow', NARROW]]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const file = `${name.replace(/\W+/g, '-')}.${width}.${colorScheme}.png`;
      await page.screenshot({ path: join(out, file), fullPage: width === 'narrow' });
    }
  }
  await context.close();
  await rm(folder, { recursive: true });
  failed ||= complaints.length > 0;
  console.log([name, ...complaints].join('\n    '));
}
await browser.close();
await server.stop();
process.exitCode = failed ? 1 : 0;
