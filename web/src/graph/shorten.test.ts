// Names in the graph: short, and still told apart.

import assert from 'node:assert/strict';
import test from 'node:test';
import { shorten } from './shorten';

test('short names stay', () => assert.deepEqual(shorten(['app.wasm', 'greeter.wasm'], 30), ['app.wasm', 'greeter.wasm']));

test('of paths that begin alike the beginning goes', () => {
  const folder = 'my-project/target/wasm32-wasip2/release';
  assert.deepEqual(shorten([`${folder}/app.wasm`, `${folder}/store.wasm`], 30), ['…/app.wasm', '…/store.wasm']);
  assert.deepEqual(shorten([`${folder}/app.wasm`], 30), ['…/app.wasm']);
});

test('of a long name the middle goes', () => {
  const [short = ''] = shorten(['the-beginning-of-a-very-long-name-and-its-end.wasm', 'b.wasm'], 30);
  assert.equal(short.length, 30);
  assert.match(short, /^the-begin….*and-its-end\.wasm$/);
});

test('names that would become one stay apart', () => {
  const names = ['one-project/release/app.wasm-of-all', 'two-project/release/app.wasm-of-all'];
  assert.equal(new Set(shorten(names, 30)).size, 2);
});
