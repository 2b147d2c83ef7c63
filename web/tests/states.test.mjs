// Every state of the page: axe finds nothing in light and dark, wide and narrow, and no state is
// wider than a small phone.

import AxeBuilder from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { open } from './support/actions.mjs';
import { shows } from './support/eventually.mjs';
import { NARROW, WIDE } from './support/browser.mjs';
import { pageTest } from './support/page-test.mjs';
import { states } from './support/states.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PHONE = { width: 360, height: 740 };

async function violations(page) {
  // What the bar covers that stays in sight is a matter of scrolling.
  await page.addStyleTag({ content: '.side > .bar { position: static !important; }' });
  // Legacy mode is for pages without frames, as this one is.
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode(true).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => `${id}: ${help}\n  ${target}\n  ${html}\n  ${failureSummary}`),
  );
}

/** What reaches out of the page at the right. */
function tooWide(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > clientWidth);
    return [`${scrollWidth} wide`, ...out.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))];
  });
}

for (const [name, reach] of Object.entries(states)) {
  pageTest(`accessible, and no wider than a phone: ${name}`, async ({ page, address, folder }) => {
    await open(page, address);
    await reach(page, folder);
    for (const viewport of [WIDE, NARROW]) {
      for (const colorScheme of ['light', 'dark']) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await shows(async () => (await violations(page)).join('\n\n'), '', `${colorScheme}, ${viewport.width} wide`);
      }
    }
    await page.setViewportSize(PHONE);
    await shows(() => tooWide(page), []);
  });
}

pageTest('what is wrong is found', async ({ page }) => {
  await page.setContent('<html lang="en"><title>x</title><main><h1>x</h1><input><p style="width: 5000px">wide</p></main>');
  assert.match((await violations(page)).join(), /^label: /);
  assert.match((await tooWide(page)).join(), /5000px/);
});
