// The programs of this folder, run by the commands of its README: the bytes and the errors of the native
// command. Expects `just build`, and what the README has installed. Not its job: the command line of wasmtime.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const INPUTS = 'docs/examples/hosts/app.wat docs/examples/hosts/double.wat';
const OUTPUT = 'target/fused.wasm';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const commands = readme
  .split('\n')
  .filter((line) => line.startsWith('    ') && line.endsWith(` ${OUTPUT}`))
  .map((line) => line.trim())
  .filter((line) => !line.startsWith('wasmtime '));

// From the root, and below it: the command in the component sees no other files.
const scratch = relative(root, mkdtempSync(join(root, 'target/hosts/test-')));
after(() => rmSync(join(root, scratch), { recursive: true }));

const run = (command) => spawnSync(command, { cwd: root, encoding: 'utf8', shell: '/bin/bash' });
const native = (inputs, output) => run(`target/release/meld fuse --json --component ${inputs} -o ${output}`);
const sha256 = (file) => createHash('sha256').update(readFileSync(join(root, file))).digest('hex');

const program = (command) => /\S+\.(py|mjs)|\S+-rust/.exec(command)[0];

test('the README has a command for each program', () => {
  assert.deepEqual(commands.map(program), [
    'target/release/meld-host-rust',
    'docs/examples/hosts/python/fuse.py',
    'docs/examples/hosts/python/command.py',
    'docs/examples/hosts/node/fuse.mjs',
  ]);
});

for (const [index, command] of commands.entries()) {
  test(`${program(command)}: the bytes of the native command`, () => {
    const expected = `${scratch}/native.wasm`;
    const file = `${scratch}/${index}.wasm`;
    assert.equal(native(INPUTS, expected).status, 0);
    const done = run(command.replace(OUTPUT, file));
    assert.equal(done.status, 0, done.stderr);
    assert.equal(sha256(file), sha256(expected));
  });
}

for (const command of commands) {
  test(`${program(command)}: the error of the native command`, () => {
    const twice = 'docs/examples/hosts/app.wat docs/examples/hosts/app.wat';
    const told = native(twice, `${scratch}/never.wasm`);
    const { message, input, hint } = JSON.parse(told.stderr).error;
    assert.ok(input && hint);
    const refused = command.replace(INPUTS, twice).replace(OUTPUT, `${scratch}/never.wasm`);
    const done = run(refused.replace(' fuse ', ' fuse --json ')); // where it is the command that runs
    assert.equal(done.status, 1);
    assert.equal(done.stderr, refused.includes(' fuse ') ? told.stderr : `Error: ${input}: ${message} (${hint})\n`);
  });
}

test('the README names the jco that the page is built with', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'web/package.json'), 'utf8'));
  const jco = `@bytecodealliance/jco@${devDependencies['@bytecodealliance/jco']}`;
  assert.ok(readme.includes(`npx -y ${jco} transpile target/meld.wasm `), jco);
});
