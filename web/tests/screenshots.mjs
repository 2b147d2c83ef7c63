// Takes pictures of the page for people to look at. Not a test.
// node tests/screenshots.mjs [PART-OF-A-NAME…]: of every state, into target/screenshots
// node tests/screenshots.mjs --readme: the two that the README shows, into docs/pictures

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from './support/actions.mjs';
import { complaintsOf, NARROW, newContext, WIDE } from './support/browser.mjs';
import { launch } from './support/chromium.mjs';
import { dist, root } from './support/places.mjs';
import { reduced } from './support/png.mjs';
import { serve } from './support/server.mjs';
import { states } from './support/states.mjs';

const SCHEMES = ['light', 'dark'];
/** What the README shows, how large, and in how many bytes at most. */
const README = { state: 'chain: connections', viewport: { width: 1200, height: 720 }, bytes: 150_000 };

const wanted = process.argv.slice(2);
const server = await serve(dist);
const browser = await launch();
let failed = false;
if (wanted.includes('--readme')) {
  await inState(README.state, forReadme, { viewport: README.viewport });
} else {
  for (const name of Object.keys(states)) {
    if (wanted.length === 0 || wanted.some((part) => name.includes(part))) await inState(name, forDevelopers);
  }
}
await browser.close();
await server.stop();
process.exitCode = failed ? 1 : 0;

/** Brings a page into a state, and takes its pictures. */
async function inState(name, take, options) {
  const context = await newContext(browser, options);
  const complaints = complaintsOf(context);
  const folder = await mkdtemp(join(tmpdir(), 'meld-page-'));
  const page = await context.newPage();
  try {
    await open(page, server.address);
    await states[name](page, folder);
  } catch (error) {
    complaints.push(error.message);
  }
  complaints.push(...(await take(page, name)));
  await context.close();
  await rm(folder, { recursive: true });
  failed ||= complaints.length > 0;
  console.log([name, ...complaints].join('\n    '));
}

async function forDevelopers(page, name) {
  const out = join(root, 'target/screenshots');
  await mkdir(out, { recursive: true });
  for (const [width, viewport] of [['wide', WIDE], ['narrow', NARROW]]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const file = `${name.replace(/\W+/g, '-')}.${width}.${colorScheme}.png`;
      await page.screenshot({ path: join(out, file), fullPage: width === 'narrow' });
    }
  }
  return [];
}

async function forReadme(page) {
  const out = join(root, 'docs/pictures');
  await mkdir(out, { recursive: true });
  const complaints = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const picture = await reduced(page, await page.screenshot());
    const file = `page-${colorScheme}.png`;
    if (picture.length > README.bytes) complaints.push(`${file} has ${picture.length} bytes: more than ${README.bytes}`);
    await writeFile(join(out, file), picture);
  }
  return complaints;
}
