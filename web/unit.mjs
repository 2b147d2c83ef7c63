// Runs the tests of the page's plain TypeScript, src/**/*.test.ts, in Node.js: node unit.mjs
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, 'node_modules/.unit');
const tests = readdirSync(join(here, 'src'), { recursive: true }).filter((name) => name.endsWith('.test.ts'));
rmSync(out, { recursive: true, force: true });
await build({
  root: here,
  configFile: false,
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir: out,
    target: 'node20',
    rollupOptions: {
      input: Object.fromEntries(tests.map((name) => [name.replace(/[\\/]/g, '-').slice(0, -3), join(here, 'src', name)])),
      output: { entryFileNames: '[name].mjs' },
    },
  },
});
const files = readdirSync(out).filter((name) => name.endsWith('.test.mjs'));
const { status } = spawnSync(process.execPath, ['--test', ...files.map((name) => join(out, name))], { stdio: 'inherit' });
process.exit(status ?? 1);
