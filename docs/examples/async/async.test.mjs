// The commands of this folder's README, and that the two results agree. Expects `just build`, and the wasmtime that the
// tests have.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const commands = readme.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.trim());

const scratch = relative(root, mkdtempSync(join(root, 'target/async-')));
after(() => rmSync(join(root, scratch), { recursive: true }));

function run(command) {
  const here = command.replaceAll('target/sum', `${scratch}/sum`).replace(/^wasmtime /, 'target/tools/bin/wasmtime ');
  const done = spawnSync(here, { cwd: root, encoding: 'utf8', shell: '/bin/bash' });
  assert.equal(done.status, 0, `${here}: ${done.stderr}`);
  return done.stdout.trim();
}

test('the commands of the README, for several numbers', () => {
  assert.equal(commands.length, 4);
  const [toModule, inNode, toComponent, inWasmtime] = commands;
  run(toModule);
  run(toComponent);
  assert.equal(run(inNode), readme.match(/^prints (\d+)/m)[1]);
  for (const count of [0, 1, 10, 1000]) {
    const squares = Array.from({ length: count }, (_, at) => (at + 1) ** 2);
    const sum = String(squares.reduce((sum, square) => sum + square, 0));
    assert.equal(run(inNode.replace(' 10', ` ${count}`)), sum);
    assert.equal(run(inWasmtime.replace('(10)', `(${count})`)), sum);
  }
});
