// The files that are put into the page: those of the bundled examples, broken ones, large ones.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { dist, root } from './places.mjs';

const folder = join(dist, 'examples');

export const examples = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));

/** The inputs of an example, as a user would have them. */
export function inputsOf(example) {
  return Promise.all(
    example.inputs.map(async ({ name, file, package: pack }) => ({ name, package: pack, bytes: gunzipSync(await readFile(join(folder, file))) })),
  );
}

/** A command and the library that it imports. */
export async function demo() {
  const example = examples.find(({ inputs }) => inputs.map(({ name }) => name).sort().join() === 'app.wasm,greeter.wasm');
  if (!example) throw new Error('no example has app.wasm and greeter.wasm');
  return inputsOf(example);
}

async function sample(path, name) {
  return { name, bytes: await readFile(join(root, path)) };
}

const CORE_MODULE = { name: 'core.wasm', bytes: Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) };

/** Each error that an input can have of itself. */
export async function brokenInputs() {
  const [app] = await demo();
  const middle = Math.floor(app.bytes.length / 2);
  const damaged = Buffer.from(app.bytes);
  damaged.fill(0xff, middle, middle + 64);
  return [
    { name: 'truncated.wasm', bytes: app.bytes.subarray(0, middle) },
    { name: 'damaged.wasm', bytes: damaged },
    CORE_MODULE,
    { name: 'garbage.wasm', bytes: Buffer.from([0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3]) },
    { name: 'empty.wasm', bytes: Buffer.alloc(0) },
    { name: 'syntax.wat', bytes: Buffer.from('(component\n  (core module $m (func (export "f") (resul i32))))\n') },
    {
      name: 'invalid.wat',
      bytes: Buffer.from('(component (component (core module (func (result i32) i64.const 0))))\n'),
    },
    await sample('tests/cases/refused/async-lift-stackful.wat', 'async.wat'),
  ];
}

/** A Rust program with a library in JavaScript and one in Python: 30 MB together. */
export async function large() {
  // Keeps what is there already.
  await promisify(execFile)(join(root, 'tests/toolchains/build.sh'), { maxBuffer: 1 << 26 });
  return ['app', 'text', 'figures'].map((name) => join(root, `target/toolchains/${name}.wasm`));
}

/** Exports a function that never returns, and one that adds. */
export const ENDLESS = `(component
  (core module $m
    (func (export "spin") (result i32) (loop (br 0)) unreachable)
    (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
  (core instance $i (instantiate $m))
  (func (export "spin") (result u32) (canon lift (core func $i "spin")))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))
`;

/** A command whose `run` is core instructions: they give 0 for `ok` and 1 for `err`. */
export function command(body) {
  return Buffer.from(`(component
  (core module $m (func (export "run") (result i32) ${body}))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $run (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $run)))
`);
}

/** Exports a number of a type under a name, and takes one of another name if that is told: what it does `then`
 * with it is core instructions. */
function numbers(name, { gives, wants, type = 'u32', value = 21, then = '' }) {
  const core = type === 'u32' ? 'i32' : 'i64';
  const taken = `
  (import "${wants}" (instance $wanted (export "get" (func (result u32)))))
  (alias export $wanted "get" (func $get))
  (core func $get (canon lower (func $get)))`;
  const module = wants
    ? `(core module $m (import "n" "get" (func (result i32))) (func (export "get") (result i32) call 0 ${then}))`
    : `(core module $m (func (export "get") (result ${core}) ${core}.const ${value}))`;
  const instance = wants
    ? '(core instance $i (instantiate $m (with "n" (instance (export "get" (func $get))))))'
    : '(core instance $i (instantiate $m))';
  const text = `(component${wants ? taken : ''}
  ${module}
  ${instance}
  (func $gives (result ${type}) (canon lift (core func $i "get")))
  (instance $given (export "get" (func $gives)))
  (export "${gives}" (instance $given)))
`;
  return { name, bytes: Buffer.from(text) };
}

/** Middleware in front of what it takes a number from: each imports and exports one interface. */
export function middleware() {
  const handler = { gives: 'test:n/number', wants: 'test:n/number' };
  return [
    numbers('double.wat', { ...handler, then: 'i32.const 2 i32.mul' }),
    numbers('next.wat', { ...handler, then: 'i32.const 1 i32.add' }),
    numbers('number.wat', { gives: 'test:n/number' }),
  ];
}

/** Imports two interfaces that no host has, and calls one of them, in one of its two functions. */
export function lacking() {
  const taken = (name) => `
  (import "test:n/${name}" (instance $${name} (export "get" (func (result u32)))))
  (alias export $${name} "get" (func $${name}-get))
  (core func $${name}-core (canon lower (func $${name}-get)))`;
  const text = `(component${taken('used')}${taken('idle')}
  (core module $m
    (import "used" "get" (func $used (result i32)))
    (import "idle" "get" (func $idle (result i32)))
    (func (export "ask") (result i32) call $used)
    (func (export "seven") (result i32) i32.const 7)
    (func $never (result i32) call $idle))
  (core instance $i (instantiate $m
    (with "used" (instance (export "get" (func $used-core))))
    (with "idle" (instance (export "get" (func $idle-core))))))
  (func (export "ask") (result u32) (canon lift (core func $i "ask")))
  (func (export "seven") (result u32) (canon lift (core func $i "seven"))))
`;
  return { name: 'lacking.wat', bytes: Buffer.from(text) };
}

/** Inputs that are good and do not go together, by the error's code. */
export const misfits = {
  'incompatible-types': () => [
    numbers('wants.wat', { gives: 'test:n/out', wants: 'test:n/in' }),
    numbers('gives.wat', { gives: 'test:n/in', type: 'u64' }),
  ],
  'ambiguous-import': () => [
    numbers('wants.wat', { gives: 'test:n/out', wants: 'test:n/in' }),
    numbers('one.wat', { gives: 'test:n/in', value: 1 }),
    numbers('two.wat', { gives: 'test:n/in', value: 2 }),
  ],
  'import-cycle': () => [
    numbers('wants.wat', { gives: 'test:n/out', wants: 'test:n/in' }),
    numbers('gives.wat', { gives: 'test:n/in', wants: 'test:n/out' }),
  ],
  'nothing-in-common': () => [
    numbers('one.wat', { gives: 'test:n/one' }),
    numbers('two.wat', { gives: 'test:n/two' }),
  ],
};
