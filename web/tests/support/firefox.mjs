// Firefox, for the tests of the page: Debian's, by WebDriver BiDi. Not its job: installing it.

import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { CONDITION } from './eventually.mjs';

export function launchFirefox() {
  const executablePath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
  if (!existsSync(executablePath)) {
    throw new Error(`${executablePath} is not there: \`npx -y rust-just firefox\` installs it, or name one in FIREFOX`);
  }
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true, protocolTimeout: CONDITION, timeout: CONDITION });
}
