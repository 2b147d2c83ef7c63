// Chromium, for the tests of the page and of the package. Not their job, nor this one's: installing it.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(`${executablePath} is not there: \`npx -y rust-just chromium\` installs it, or name one in CHROMIUM`);
  }
  return chromium.launch({ executablePath, args: FLAGS });
}
