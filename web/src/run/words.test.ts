// Arguments on a line, and escape sequences in output.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem } from './draft';
import { joinArguments, splitArguments, withoutEscapes } from './words';

test('arguments are split at spaces, outside of quotes', () => {
  assert.deepEqual(splitArguments('  a  b\tc '), ['a', 'b', 'c']);
  assert.deepEqual(splitArguments(`"two words" 'it is "so"' a"b c"d`), ['two words', 'it is "so"', 'ab cd']);
  assert.deepEqual(splitArguments(`"" ''`), ['', '']);
  assert.deepEqual(splitArguments(''), []);
  assert.throws(() => splitArguments('a "b'), Problem);
});

test('what is joined is split into the same', () => {
  for (const args of [[], [''], ['a', 'b c'], ['"'], ["it's"], [`both ' and "`, '""'], ['\\', '\n']]) {
    assert.deepEqual(splitArguments(joinArguments(args)), args);
  }
});

test('escape sequences are left out', () => {
  assert.equal(withoutEscapes('\x1b[1;31mred\x1b[0m \x1b]8;;http://a\x07link\x1b]8;;\x1b\\'), 'red link');
  assert.equal(withoutEscapes('a\x1b[2'), 'a');
  assert.equal(withoutEscapes('[31m\r\nb'), '[31m\nb');
});
