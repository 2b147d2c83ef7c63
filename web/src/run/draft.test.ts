// What is typed into a form.

import assert from 'node:assert/strict';
import test from 'node:test';
import { initial, payloadOf, problemOf, read, type Draft } from './draft';
import type { Type } from './types';

function typed(type: Type, text: string): Draft {
  const draft = initial(type);
  assert.ok(draft.kind === 'text' || draft.kind === 'bytes');
  draft.text = text;
  return draft;
}

function value(type: Type, text: string): unknown {
  const read_ = read(typed(type, text));
  assert.ok('value' in read_);
  return read_.value;
}

const s8: Type = { kind: 'integer', name: 's8', min: -128n, max: 127n };
const u64: Type = { kind: 'integer', name: 'u64', min: 0n, max: (1n << 64n) - 1n };
const f32: Type = { kind: 'float', bits: 32 };
const f64: Type = { kind: 'float', bits: 64 };
const char: Type = { kind: 'char' };

test('integers in their range, decimal and hexadecimal', () => {
  assert.equal(value(s8, '-128'), -128n);
  assert.equal(value(s8, ' 0x7f '), 127n);
  assert.equal(value(u64, '18446744073709551615'), (1n << 64n) - 1n);
  for (const text of ['128', '-129', '', '1.0', 'one', '0x', '--1']) {
    assert.equal(problemOf(typed(s8, text)), 'an s8 is a whole number from -128 to 127', text);
  }
  assert.notEqual(problemOf(typed(u64, '18446744073709551616')), null);
});

test('floats, named ones too, and f32 rounded', () => {
  assert.equal(value(f64, '1e-3'), 0.001);
  assert.ok(Object.is(value(f64, '-0'), -0));
  assert.ok(Number.isNaN(value(f64, 'nan')));
  assert.equal(value(f32, '-inf'), -Infinity);
  assert.equal(value(f32, '0.1'), Math.fround(0.1));
  for (const text of ['', '.', 'e3', 'Infinity', '0x10', '1 2']) assert.notEqual(problemOf(typed(f64, text)), null, text);
});

test('chars are one scalar value, escaped or not', () => {
  assert.equal(value(char, '🐟'), '🐟');
  assert.equal(value(char, '\\'), '\\');
  assert.equal(value(char, '\\n'), '\n');
  assert.equal(value(char, '\\u{1f41f}'), '🐟');
  for (const text of ['', 'ab', '\\x', '\\u{110000}', '\\u{d800}', '\ud800']) {
    assert.notEqual(problemOf(typed(char, text)), null, text);
  }
});

test('bytes as text and as hexadecimal', () => {
  const draft = typed({ kind: 'bytes' }, 'é');
  assert.deepStrictEqual(read(draft), { kind: 'bytes', value: new Uint8Array([0xc3, 0xa9]) });
  assert.ok(draft.kind === 'bytes');
  draft.as = 'hex';
  assert.notEqual(problemOf(draft), null);
  draft.text = '00 fF\n10';
  assert.deepStrictEqual(read(draft), { kind: 'bytes', value: new Uint8Array([0, 255, 16]) });
});

test('a problem inside is a problem of the whole', () => {
  const type: Type = { kind: 'record', fields: [{ name: 'a', type: { kind: 'option', some: s8 } }] };
  const draft = initial(type);
  assert.equal(problemOf(draft), null);
  assert.ok(draft.kind === 'record');
  const field = draft.fields[0]?.draft;
  assert.ok(field?.kind === 'choice');
  field.index = 1;
  field.payload = payloadOf(field.type, 1);
  assert.deepStrictEqual(read(draft), {
    kind: 'record',
    fields: [['a', { kind: 'option', some: { kind: 'integer', value: 0n } }]],
  });
  assert.ok(field.payload?.kind === 'text');
  field.payload.text = '200';
  assert.match(problemOf(draft) ?? '', /an s8 is/);
});

test('a list of fixed length has that many items from the start', () => {
  const draft = initial({ kind: 'list', element: s8, length: 3 });
  assert.ok(draft.kind === 'list');
  assert.equal(draft.items.length, 3);
});
