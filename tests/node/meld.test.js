// meld.wasm in Node.js, through jco: the same calls, the same bytes and the same errors as the
// native command, which this expects at target/release/meld.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fuser } from './transpiled/meld.js';

const { fuse, inspect, version, Session } = fuser;
const here = fileURLToPath(new URL('.', import.meta.url));
const native = join(here, '../../target/release/meld');
const scratch = mkdtempSync(join(tmpdir(), 'meld-node-'));
after(() => rmSync(scratch, { recursive: true }));

const plain = { output: 'core-module', names: false, opaqueRep: [] };
const fixture = (name) => ({ name, bytes: readFileSync(join(here, 'fixtures', name)) });
const fixtures = ['fixtures', '../cases/wat'].flatMap((folder) => {
  const directory = join(here, folder);
  return readdirSync(directory).map((name) => ({ directory, name, bytes: readFileSync(join(directory, name)) }));
});
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const meld = (...args) => spawnSync(native, args, { cwd: join(here, 'fixtures'), encoding: 'utf8' });

/** What `call` throws: the case of the WIT variant, and the diagnostic in it. */
const errorOf = (call) => {
  try {
    call();
  } catch (error) {
    return error.payload;
  }
  assert.fail('there is no error');
};

/** An error of the interface, as `meld --json` prints it. */
const asJson = ({ tag, val }) => ({
  code: tag,
  message: val.message,
  input: val.input ?? null,
  offset: val.offset === undefined ? null : Number(val.offset),
  path: val.path,
  hint: val.hint ?? null,
});

for (const output of ['core-module', 'component']) {
  for (const { directory, ...input } of fixtures) {
    test(`fuse: ${input.name} as ${output} gives the bytes of the native command`, () => {
      const { bytes, statistics } = fuse([input], { ...plain, output });
      const file = join(scratch, `${input.name}.${output}.wasm`);
      const flags = output === 'component' ? ['--component'] : [];
      const done = meld('fuse', join(directory, input.name), '-o', file, '--json', ...flags);
      assert.equal(done.status, 0, done.stderr);
      assert.equal(sha256(bytes), sha256(readFileSync(file)));
      assert.equal(Number(statistics.outputBytes), JSON.parse(done.stdout).statistics['output-bytes']);
    });
  }
}

test('the fused module runs in Node.js', async () => {
  const { bytes } = fuse([fixture('adder.wat')], plain);
  const { instance } = await WebAssembly.instantiate(bytes);
  assert.equal(instance.exports.add(40, 2), 42);
});

test('Session: fuses in steps to the same bytes, and tells its progress', () => {
  const input = fixture('shout.wat');
  using_(new Session(plain), (session) => {
    session.add(input);
    const phases = [];
    for (let progress; progress?.phase !== 'done'; ) {
      progress = session.step();
      assert.ok(progress.done <= progress.total);
      if (phases.at(-1) !== progress.phase) phases.push(progress.phase);
    }
    assert.deepEqual(phases, ['read', 'link', 'merge', 'done']);
    const { bytes } = Session.finish(session);
    assert.equal(sha256(bytes), sha256(fuse([input], plain).bytes));
  });
});

test('Session: out of order is an error', () => {
  using_(new Session(plain), (session) => {
    session.add(fixture('adder.wat'));
    session.step();
    assert.equal(errorOf(() => session.add(fixture('adder.wat'))).tag, 'invalid-option');
    assert.equal(errorOf(() => Session.finish(session)).tag, 'invalid-option');
  });
});

test('inspect: tells what the native command tells', () => {
  for (const input of ['adder.wat', 'shout.wat'].map(fixture)) {
    const { wit, text, json } = inspect(input);
    assert.match(wit, /export/);
    assert.equal(text, meld('inspect', input.name).stdout);
    assert.deepEqual(JSON.parse(json), JSON.parse(meld('inspect', input.name, '--json').stdout));
  }
});

test('errors: the payload is what the native command prints as JSON', () => {
  const module = { name: 'module.wasm', bytes: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]) };
  const payload = errorOf(() => fuse([module], plain));
  assert.equal(payload.tag, 'not-a-component');
  const told = spawnSync(native, ['fuse', '-', '-o', join(scratch, 'never'), '--json'], { input: module.bytes });
  assert.equal(told.status, 1);
  const expected = JSON.parse(told.stderr.toString()).error;
  assert.deepEqual(asJson(payload), { ...expected, input: 'module.wasm' });
});

test('errors: nothing to fuse', () => {
  assert.equal(errorOf(() => fuse([], plain)).tag, 'invalid-option');
  assert.equal(errorOf(() => fuse([{ name: 'empty', bytes: new Uint8Array() }], plain)).tag, 'malformed');
});

test('version: is that of the component inside the native command', () => {
  assert.match(meld('--version').stdout, new RegExp(`^fuser ${version().replaceAll('.', '\\.')} `, 'm'));
});

/** `using`, which Node.js 20 does not have. */
function using_(resource, body) {
  try {
    return body(resource);
  } finally {
    resource[Symbol.dispose]?.();
  }
}
