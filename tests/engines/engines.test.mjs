// Fused programs with one memory, on engines that have no more. In: the demo's two components, built from
// source. Out: whether they print what their composition prints, unfused, in wasmtime. Expects `just build` and
// `just npm`. Not its job: what fusing does (the tests in Rust).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = 'target/demo/build/wasm32-wasip2/release';
const inputs = [`${built}/app.wasm`, `${built}/greeter.wasm`];

// In the folder of the packages, so that what jco makes finds its own.
const scratch = mkdtempSync(join(root, 'web/node_modules/.meld-engines-'));
after(() => rmSync(scratch, { recursive: true }));
const file = (name) => join(scratch, name);

function run(program, ...args) {
  const done = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  assert.equal(done.status, 0, `${program} ${args.join(' ')}: ${done.error ?? done.stderr}`);
  return done.stdout;
}

const meld = (...args) => run('target/release/meld', ...args, '--quiet');
let expected;

before(() => {
  const manifest = ['--manifest-path', 'tests/demo/Cargo.toml', '--target-dir', 'target/demo/build'];
  run('cargo', 'build', '--quiet', '--release', '--locked', '--target', 'wasm32-wasip2', ...manifest);
  meld('compose', ...inputs, '-o', file('composed.wasm'));
  expected = run('target/release/run-component', file('composed.wasm'));
  assert.match(expected, /^Welcome, Ada!$/m);
});

test('node:wasi runs a module with --wasi 0.1', () => {
  meld('fuse', ...inputs, '--wasi', '0.1', '-o', file('app.wasm'));
  const printed = run('node', '--no-warnings', 'docs/examples/wasi-0.1/node.mjs', file('app.wasm'));
  assert.equal(printed, expected);
});

test('jco transpiles a component with --memory single, without a flag, and Node.js runs it', () => {
  meld('fuse', ...inputs, '--component', '--memory', 'single', '-o', file('one.wasm'));
  run('web/node_modules/.bin/jco', 'transpile', file('one.wasm'), '-o', file('one'), '--quiet');
  assert.equal(run('node', 'tests/engines/jco.mjs', file('one/one.js')), expected);
});

test('jco refuses the same with several memories', () => {
  meld('fuse', ...inputs, '--component', '-o', file('several.wasm'));
  const args = ['transpile', file('several.wasm'), '-o', file('several'), '--quiet'];
  const done = spawnSync('web/node_modules/.bin/jco', args, { cwd: root, encoding: 'utf8' });
  assert.notEqual(done.status, 0);
});
