// Fused programs with one memory, on engines that have no more. In: the demo's components and those of tests/wasi,
// built from source. Out: whether what comes of them is what comes of their composition, unfused, in wasmtime:
// output, exit status and files. Expects `just build`, and the recipes `serve`, `npm`, `chromium` and `engines`.
// Not its job: what fusing does (the tests in Rust).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openPage } from './chromium.mjs';
import { ENGINES, fill, look, root, wasmtime } from './engines.mjs';

const demo = (name) => `target/demo/build/wasm32-wasip2/release/${name}.wasm`;
const wasi = (name) => `target/wasi-programs/wasm32-wasip2/release/${name}.wasm`;

const FILES = { 'here/is/a.txt': 'a file', top: 'another', empty: '' };
const input = (size) => Buffer.from(`first line\n${'x'.repeat(size)}`);

/** The programs: their components, and what they are started with. */
const PROGRAMS = {
  // It needs no table.
  hello: { parts: ['tests/engines/hello.wat'] },
  demo: { parts: [demo('app'), demo('greeter')] },
  // Three components, with resources between them.
  split: { parts: ['clerk', 'desk', 'shelf'].map(wasi), arguments: ['done', 'two words'], variables: { NAME: 'value' }, input: input(50_000) },
  failing: { parts: ['clerk', 'desk', 'shelf'].map(wasi), arguments: ['fail'], input: input(0) },
  files: { parts: [wasi('files')], arguments: ['one', 'two words', '', 'zähl'], variables: { NAME: 'value', EMPTY: '', TWO: 'a=b' }, input: input(200_000) },
  interfaces: { parts: [wasi('interfaces')], arguments: ['x'], input: input(100_000) },
};

/** What engines make of them. Where a host of WASI 0.1 does something else, those lines, as they were and as they are. */
const RUNS = {
  wasmtime: { hello: [], demo: [], split: [], failing: [], files: [], interfaces: [] },
  'node:wasi': {
    demo: [],
    split: [],
    failing: [],
    files: [
      // Times of files are whole seconds, and a name that leads out of the directory is none.
      [
        'times SystemTime { tv_sec: 1000000000, tv_nsec: 500 } SystemTime { tv_sec: 1100000000, tv_nsec: 0 }',
        'times SystemTime { tv_sec: 1000000000, tv_nsec: 0 } SystemTime { tv_sec: 1100000000, tv_nsec: 0 }',
      ],
      ['Err((PermissionDenied, Some(63)))', 'Err((NotFound, Some(44)))'],
    ],
  },
  wasmi: { hello: [], demo: [], split: [], failing: [], files: [], interfaces: [] },
  WAMR: { hello: [], demo: [], split: [], failing: [], files: [] },
  wasm2c: { demo: [], split: [], files: [], interfaces: [] },
  // Its host here has no files.
  wasm3: { hello: [], demo: [] },
  // Making a directory that is there succeeds.
  Chromium: { hello: [], demo: [], split: [['there already: Some("AlreadyExists")', 'there already: None']] },
};

// In the folder of the packages, so that what jco makes finds its own.
const scratch = mkdtempSync(join(root, 'web/node_modules/.meld-engines-'));
const file = (name) => join(scratch, name);
let page;
after(async () => {
  await page?.close();
  rmSync(scratch, { recursive: true });
});

function run(program, ...args) {
  const done = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  assert.equal(done.status, 0, `${program} ${args.join(' ')}: ${done.error ?? done.stderr}`);
  return done.stdout;
}

const meld = (...args) => run('target/release/meld', ...args, '--quiet');

before(async () => {
  for (const [folder, target] of [['tests/demo', 'target/demo/build'], ['tests/wasi', 'target/wasi-programs']]) {
    run('cargo', 'build', '--quiet', '--release', '--locked', '--target', 'wasm32-wasip2', '--target-dir', target, '--manifest-path', `${folder}/Cargo.toml`);
  }
  page = await openPage();
});

/** What `start` is for a program, in a directory of its own. */
let directories = 0;
function startOf({ arguments: args = [], variables = {}, input = Buffer.alloc(0) }) {
  const directory = file(`files-${directories++}`);
  mkdirSync(directory);
  fill(directory, FILES);
  return { arguments: args, variables, input, directory, files: FILES };
}

/** What comes of a program's composition, unfused, in wasmtime. */
const unfused = {};
function expected(name) {
  unfused[name] ??= (() => {
    const [composed, start] = [file(`${name}.composed.wasm`), startOf(PROGRAMS[name])];
    meld('compose', ...PROGRAMS[name].parts, '-o', composed);
    const { output, status } = wasmtime(composed, start);
    assert.ok(output.length > 10, name);
    return { output, status, files: look(start.directory) };
  })();
  return unfused[name];
}

const fused = {};
function module(name) {
  if (!fused[name]) meld('fuse', ...PROGRAMS[name].parts, '--wasi', '0.1', '-o', (fused[name] = file(`${name}.wasm`)));
  return fused[name];
}

for (const [engine, programs] of Object.entries(RUNS)) {
  for (const [name, differences] of Object.entries(programs)) {
    test(`${engine} runs ${name} with --wasi 0.1`, async () => {
      const { output, status, files } = expected(name);
      const [bytes, start] = [module(name), startOf(PROGRAMS[name])];
      const found = await (ENGINES[engine] ?? page.run)(bytes, start);
      found.files ??= look(start.directory);
      let lines = output.split('\n');
      for (const [was, is] of differences) {
        assert.ok(lines.includes(was), was);
        lines = lines.map((line) => (line === was ? is : line));
      }
      assert.deepEqual(found.output.split('\n'), lines, found.errors);
      assert.equal(found.status, status, found.errors);
      assert.deepEqual(found.files, files);
    });
  }
}

test('jco transpiles a component with --memory single, without a flag, and Node.js runs it', () => {
  meld('fuse', ...PROGRAMS.demo.parts, '--component', '--memory', 'single', '-o', file('one.wasm'));
  run('web/node_modules/.bin/jco', 'transpile', file('one.wasm'), '-o', file('one'), '--quiet');
  assert.equal(run('node', 'tests/engines/jco.mjs', file('one/one.js')), expected('demo').output);
});

test('jco refuses the same with several memories', () => {
  meld('fuse', ...PROGRAMS.demo.parts, '--component', '-o', file('several.wasm'));
  const args = ['transpile', file('several.wasm'), '-o', file('several'), '--quiet'];
  const done = spawnSync('web/node_modules/.bin/jco', args, { cwd: root, encoding: 'utf8' });
  assert.notEqual(done.status, 0);
});
