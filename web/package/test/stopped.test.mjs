// What becomes of a call that does not return: an error with the native command's words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MeldError } from 'meld-fuser';
import { explain } from '../dist/fuser.js';

const trap = new WebAssembly.RuntimeError('unreachable');
for (const [title, error, said, code, message] of [
  ['a defect', trap, 'panicked at x.rs:1\n', 'internal', 'the fuser stopped: panicked at x.rs:1'],
  ['a defect without a word', trap, '', 'internal', 'the fuser stopped: unreachable'],
  [
    'no more memory',
    trap,
    'memory allocation of 9 bytes failed\n',
    'limit-exceeded',
    'the fuser needs more memory than there is, or than the 4GiB that a 32-bit program has',
  ],
]) {
  test(`stopped: ${title}`, () => {
    const told = explain(error, said);
    assert.ok(told instanceof MeldError);
    assert.deepEqual([told.code, told.message], [code, message]);
  });
}

test('stopped: no more stack', () => {
  // A module that calls itself without end: what the engine throws is what it throws at the fuser's.
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 16, 0, 11];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  try {
    exports.f();
    assert.fail('it returns');
  } catch (error) {
    const { code, message } = explain(error, '');
    assert.deepEqual([code, message], ['limit-exceeded', "the input nests more deeply than the fuser's stack"]);
  }
});

test('stopped: what is none of these stays what it is', () => {
  const error = new TypeError('x');
  assert.equal(explain(error, ''), error);
});
