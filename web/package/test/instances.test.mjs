// How many instances of the fuser are being made at a time, however many calls there are: one. A browser
// has room for some hundred memories, and says so when the next instance is made.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'meld-fuser';

test('instances: many calls at once make theirs one after the other', async (t) => {
  const made = WebAssembly.instantiate;
  let now = 0;
  let most = 0;
  t.mock.method(WebAssembly, 'instantiate', async (...args) => {
    most = Math.max(most, ++now);
    try {
      return await made(...args);
    } finally {
      now -= 1;
    }
  });
  const calls = Array.from({ length: 20 }, () => inspect({ name: 'empty.wat', bytes: '(component)' }));
  assert.equal((await Promise.all(calls)).length, calls.length);
  assert.equal(most, 1);
});
