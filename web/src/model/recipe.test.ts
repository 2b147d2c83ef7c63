// How inputs are composed: what counts of the settings, and what makes another result. The command line and the
// link that say the same.

import assert from 'node:assert/strict';
import test from 'node:test';
import { commandLine, optimisedLine } from './command';
import { fromAddress, toHash } from './link';
import { composingOf, isComposed, order, recipe, withoutStubs } from './recipe';
import { bytesOf, sizeOf } from './reserve';
import { rightSettings, type KeptSettings } from './settings.svelte';

const fromHash = (hash: string) => fromAddress({ hash, search: '' }).settings;

const WAC = { name: 'x.wac', text: 'package a:b;' };
const SETTINGS: KeptSettings = {
  output: 'core-module',
  memory: 'multi',
  reserve: {},
  wasi: 'as-imported',
  names: false,
  debugInfo: false,
  provenance: false,
  skip: [],
  wac: null,
  inOrder: false,
  stub: [],
  fileName: 'out.wasm',
  tab: 'inspect',
  example: null,
};
const INPUTS = ['a.wasm', 'b.wasm'].map((name) => ({ id: name, name, package: '', bytes: new Uint8Array() }));

test('an order needs several inputs, and a document takes its place', () => {
  const settings = { wac: null, inOrder: true, stub: ['x'] };
  assert.deepEqual(composingOf(settings, 2), { inOrder: true, stub: ['x'] });
  assert.deepEqual(composingOf(settings, 1), { inOrder: false, stub: ['x'] });
  assert.deepEqual(composingOf({ ...settings, wac: WAC }, 2), { wac: WAC, inOrder: false, stub: ['x'] });
  assert.deepEqual(composingOf({ ...settings, inOrder: false }, 2), { inOrder: false, stub: ['x'] });
});

test('each way to compose is a recipe of its own', () => {
  const ways = [{}, { inOrder: true }, { stub: ['a'] }, { stub: ['a', 'b'] }, { inOrder: true, stub: ['a'] }, { wac: WAC }];
  const keys = ways.map((composing) => recipe(INPUTS, composing).key);
  assert.equal(new Set(keys).size, ways.length);
  assert.equal(recipe(INPUTS, { inOrder: false, stub: [] }).key, keys[0]);
  assert.equal(withoutStubs(recipe(INPUTS, { inOrder: true, stub: ['a'] })).key, keys[1]);
});

test('a single input is composed where a document or stubs say something', () => {
  const one = INPUTS.slice(0, 1);
  assert.ok(!isComposed(recipe(one, { inOrder: false, stub: [] })));
  assert.ok(isComposed(recipe(one, { stub: ['a'] })));
  assert.ok(isComposed(recipe(one, { wac: WAC })));
  assert.ok(isComposed(recipe(INPUTS, {})));
});

test('the command line says how, quoted', () => {
  const settings = { ...SETTINGS, inOrder: true, stub: ['a:b/*', 'c:d/e@1.0.0'] };
  assert.equal(commandLine(INPUTS, settings), "meld fuse a.wasm b.wasm --in-order --stub 'a:b/*' --stub c:d/e@1.0.0 -o out.wasm");
  assert.equal(commandLine(INPUTS.slice(1), { ...settings, stub: [] }), 'meld fuse b.wasm -o out.wasm');
  assert.equal(commandLine(INPUTS, { ...settings, stub: [], wac: WAC }), 'meld fuse a.wasm b.wasm --wac x.wac -o out.wasm');
});

test('what is kept of names, debug information and where it came from is said everywhere', () => {
  const one = recipe(INPUTS, {});
  const ways = [['names', '--names'], ['debugInfo', '-g'], ['provenance', '--provenance']] as const;
  const keys = ways.map(([name, flag]) => {
    const settings = { ...SETTINGS, [name]: true };
    assert.equal(commandLine(INPUTS, settings), `meld fuse a.wasm b.wasm -o out.wasm ${flag}`);
    assert.equal(fromHash(toHash(settings))[name], true);
    return order(one, settings).key;
  });
  assert.equal(new Set([...keys, order(one, SETTINGS).key]).size, ways.length + 1);
});

test('with Binaryen behind it, the command line has a core module in between', () => {
  const one = INPUTS.slice(1);
  assert.equal(
    optimisedLine(one, { ...SETTINGS, output: 'component' }, '-O3'),
    'meld fuse b.wasm -o out.core.wasm && wasm-opt $(meld inspect out.core.wasm --features) -O3 out.core.wasm -o out.core.wasm && meld wrap out.core.wasm -o out.wasm',
  );
  assert.equal(
    optimisedLine(one, { ...SETTINGS, names: true, fileName: 'an out.wasm' }, '-Oz'),
    "meld fuse b.wasm -o 'an out.wasm' --names && wasm-opt $(meld inspect 'an out.wasm' --features) -Oz -g 'an out.wasm' -o 'an out.wasm'",
  );
});

test('memories and WASI: in the command line where they are not as usual, and in the key', () => {
  const line = (settings: Partial<KeptSettings>) => commandLine(INPUTS.slice(1), { ...SETTINGS, ...settings }).replace('meld fuse b.wasm -o out.wasm', '');
  const one = recipe(INPUTS, {});
  const ways: [Partial<KeptSettings>, string][] = [
    [{}, ''],
    [{ memory: 'single' }, ' --memory single'],
    [{ wasi: 'preview1', memory: 'single' }, ' --wasi 0.1'],
    [{ wasi: 'preview1' }, ' --wasi 0.1 --memory multi'],
    [{ output: 'component' }, ' --component'],
    [{ output: 'component', memory: 'single' }, ' --component --memory single'],
  ];
  for (const [settings, expected] of ways) assert.equal(line(settings), expected);
  const key = (settings: Partial<KeptSettings>) => order(one, { ...SETTINGS, ...settings }).key;
  assert.equal(new Set(ways.map(([settings]) => key(settings))).size, ways.length);
  // A component has no imports of WASI 0.1.
  assert.equal(line({ output: 'component', wasi: 'preview1' }), ' --component');
  assert.equal(key({ output: 'component', wasi: 'preview1' }), key({ output: 'component' }));
});

test('a link says memories and WASI; of WASI alone, the memories go along', () => {
  for (const said of [{ memory: 'single', wasi: 'as-imported' }, { memory: 'multi', wasi: 'preview1' }] as const) {
    const { memory, wasi } = fromHash(toHash({ ...SETTINGS, ...said }));
    assert.deepEqual({ memory, wasi }, said);
  }
  assert.deepEqual(fromHash('#wasi=preview1'), { wasi: 'preview1', memory: 'single' });
  assert.deepEqual(fromHash('#wasi=0.1&memory=1'), {});
});

test('a link says order and stubs, also that there are none', () => {
  for (const said of [{ inOrder: true, stub: ['a:b/*', "c d&e'f"] }, { inOrder: false, stub: [] }]) {
    const { inOrder, stub } = fromHash(toHash({ ...SETTINGS, ...said }));
    assert.deepEqual({ inOrder, stub }, said);
  }
  assert.deepEqual(fromHash('#in-order=yes'), {});
});

test('settings that were kept before there were order and stubs are whole, and wrong ones are not', () => {
  const { inOrder: _, stub: __, ...earlier } = SETTINGS;
  assert.deepEqual(rightSettings(earlier), { settings: earlier, whole: true });
  assert.deepEqual(rightSettings({ ...SETTINGS, stub: ['a', 1] }), { settings: { ...earlier, inOrder: false }, whole: false });
  assert.deepEqual(rightSettings({ ...SETTINGS, inOrder: 1 }), { settings: { ...earlier, stub: [] }, whole: false });
});

test('what is reserved counts where there is one memory', () => {
  const reserve = { 'b/main': 64 * 2 ** 20, 'a=b': 100 };
  const single = { ...SETTINGS, memory: 'single' as const };
  assert.equal(commandLine(INPUTS, { ...single, reserve }), 'meld fuse a.wasm b.wasm -o out.wasm --memory single --reserve b/main=64MiB --reserve a=b=100');
  assert.equal(commandLine(INPUTS, { ...SETTINGS, reserve }), 'meld fuse a.wasm b.wasm -o out.wasm');
  const key = (settings: KeptSettings) => order(recipe(INPUTS, {}), settings).key;
  assert.notEqual(key({ ...single, reserve }), key(single));
  assert.equal(key({ ...single, reserve: { 'a=b': 100, 'b/main': 64 * 2 ** 20 } }), key({ ...single, reserve }));
  assert.equal(key({ ...SETTINGS, reserve }), key(SETTINGS));
  for (const said of [reserve, {}]) assert.deepEqual(fromHash(toHash({ ...single, reserve: said })).reserve, said);
  assert.equal(fromHash('#names=1').reserve, undefined);
  assert.deepEqual(fromHash('#reserve=x&reserve=y%3D-1&reserve=z%3D2').reserve, { z: 2 });
  for (const wrong of [null, [], { a: '1' }, { a: -1 }, { a: 0.5 }]) assert.equal(rightSettings({ ...SETTINGS, reserve: wrong }).whole, false);
});

test('a size is written as the command takes it', () => {
  for (const [size, bytes] of [['0', 0], ['100', 100], ['1KiB', 1024], ['1025', 1025], ['3MiB', 3 * 2 ** 20], ['4GiB', 2 ** 32]] as const) {
    assert.equal(bytesOf(size), bytes);
    assert.equal(sizeOf(bytes), size);
  }
  assert.equal(bytesOf(' 64 MiB '), 64 * 2 ** 20);
  for (const wrong of ['', 'MiB', '1 MB', '-1', '1.5MiB', '1KiB2', '99999999999GiB']) assert.equal(bytesOf(wrong), null, wrong);
});
