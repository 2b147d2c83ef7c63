// Values as text: what is printed is read as the same, and what wasm-tools reads besides.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem, read } from './draft';
import { print } from './print';
import type { Type } from './types';
import { readArguments } from './wave';

const u8: Type = { kind: 'integer', name: 'u8', min: 0n, max: 255n };
const s64: Type = { kind: 'integer', name: 's64', min: -(1n << 63n), max: (1n << 63n) - 1n };
const f64: Type = { kind: 'float', bits: 64 };
const string: Type = { kind: 'string' };
const option = (some: Type): Type => ({ kind: 'option', some });
const color: Type = { kind: 'enum', names: ['red', 'none', 'ok'] };
const shape: Type = { kind: 'variant', cases: [{ name: 'dot', type: null }, { name: 'some', type: f64 }] };
const point: Type = { kind: 'record', fields: [{ name: 'x', type: u8 }, { name: 'label', type: option(string) }] };
const flags: Type = { kind: 'flags', names: ['a', 'b-c', 'true'] };

const value = (type: Type, text: string) => print(read(readArguments([type], `(${text})`)[0] ?? assert.fail('no value')));

/** A type, and values of it as they are printed. */
const PRINTED: [Type, string[]][] = [
  [{ kind: 'bool' }, ['true', 'false']],
  [u8, ['0', '255']],
  [s64, ['-9223372036854775808', '17']],
  [f64, ['0.1', '-0', 'nan', 'inf', '-inf', '1e+100', '1e-7']],
  [{ kind: 'char' }, ["'a'", "'\\''", "'\\\\'", "'\\n'", "'\\u{202e}'", "'🐟'"]],
  [string, ['""', '"a \\"b\\" \\\\ \\n\\t"', '"\\u{0}"', '"(,]}"']],
  [{ kind: 'bytes' }, ['[]', '[0, 255, 16]']],
  [{ kind: 'list', element: string, length: null }, ['[]', '["a", "b"]']],
  [{ kind: 'map', key: string, value: u8 }, ['{:}', '{"a": 1, "b": 2}']],
  [{ kind: 'tuple', items: [u8, string] }, ['(1, "a")']],
  [point, ['{x: 1, label: some("a")}', '{x: 1, label: none}']],
  [shape, ['dot', '%some(1.5)']],
  [color, ['red', '%none', '%ok']],
  [option(option(u8)), ['none', 'some(none)', 'some(some(1))']],
  [{ kind: 'result', ok: u8, err: string }, ['ok(1)', 'err("a")']],
  [{ kind: 'result', ok: null, err: null }, ['ok', 'err']],
  [flags, ['{}', '{a}', '{a, b-c, true}']],
  [{ kind: 'handle', owned: true, resource: { id: 1, name: 'r' } }, ['<r 1>']],
];

test('what is printed is read as the same', () => {
  for (const [type, values] of PRINTED) for (const text of values) assert.equal(value(type, text), text);
});

test('what wasm-tools reads besides', () => {
  assert.equal(value(option(u8), '7'), 'some(7)');
  assert.equal(value({ kind: 'result', ok: string, err: null }, '"a"'), 'ok("a")');
  assert.equal(value(point, '{ x: 1 }'), '{x: 1, label: none}');
  assert.equal(value(point, '{label: "a", x: 1,}'), '{x: 1, label: some("a")}');
  assert.equal(value({ kind: 'list', element: u8, length: null }, '[1, // one\n 2,]'), '[1, 2]');
  assert.equal(value({ kind: 'tuple', items: [u8] }, '(1,)'), '(1)');
  // Of an option of an enum that has such a case, the word is the option's, and with `%` the case.
  assert.equal(value(option(color), 'none'), 'none');
  assert.equal(value(option(color), '%none'), 'some(%none)');
});

test('what is none says where', () => {
  const wrong: [Type, string, RegExp][] = [
    [u8, 'x', /^at “x\)”, a number is expected$/],
    [string, '"a', /^at the end, " is expected$/],
    [string, '"\\x"', /an escape is expected/],
    [{ kind: 'bytes' }, '[256]', /a number from 0 to 255 is expected/],
    [point, '{label: none}', /the field x is expected/],
    [point, '{x: 1, x: 2}', /a field: label is expected/],
    [shape, 'square', /dot, some is expected/],
    [{ kind: 'list', element: u8, length: 2 }, '[1]', /a list of 2 is expected/],
    [option(option(u8)), '1', /none, some is expected/],
    [u8, '1, 2', /\) is expected/],
  ];
  for (const [type, text, message] of wrong) {
    assert.throws(() => value(type, text), (error) => error instanceof Problem && message.test(error.message), text);
  }
  assert.throws(() => readArguments([u8], '(1) 2'), /the end is expected/);
  assert.deepEqual(readArguments([], ' ( ) '), []);
});
