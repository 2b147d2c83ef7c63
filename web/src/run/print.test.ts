// Values as text. The expectations follow WAVE's grammar.

import assert from 'node:assert/strict';
import test from 'node:test';
import { print } from './print';
import type { Value } from './values';

const float = (bits: 32 | 64, value: number): Value => ({ kind: 'float', bits, value });
const text = (value: string): Value => ({ kind: 'string', value });
const one: Value = { kind: 'integer', value: 1n };

const PRINTED: [Value, string][] = [
  [{ kind: 'bool', value: false }, 'false'],
  [{ kind: 'integer', value: -(1n << 63n) }, '-9223372036854775808'],
  [float(64, 0.1), '0.1'],
  [float(64, -0), '-0'],
  [float(64, NaN), 'nan'],
  [float(32, -Infinity), '-inf'],
  [float(32, Math.fround(0.1)), '0.1'],
  [float(32, 16777216), '16777216'],
  [float(32, Math.fround(1 / 3)), '0.33333334'],
  [{ kind: 'char', value: "'" }, "'\\''"],
  [{ kind: 'char', value: '"' }, "'\"'"],
  [text('a "b" \'c\' \\ \n\t\r'), '"a \\"b\\" \'c\' \\\\ \\n\\t\\r"'],
  [text('\0\u202e👩‍💻'), '"\\u{0}\\u{202e}👩‍💻"'],
  [{ kind: 'bytes', value: new Uint8Array([0, 255]) }, '[0, 255]'],
  [{ kind: 'list', items: [] }, '[]'],
  [{ kind: 'map', entries: [] }, '{:}'],
  [{ kind: 'map', entries: [[text('a'), one]] }, '{"a": 1}'],
  [{ kind: 'tuple', items: [one, one] }, '(1, 1)'],
  [{ kind: 'record', fields: [['a-b', one], ['c', text('')]] }, '{a-b: 1, c: ""}'],
  [{ kind: 'variant', name: 'a', payload: one }, 'a(1)'],
  [{ kind: 'variant', name: 'none', payload: null }, '%none'],
  [{ kind: 'enum', name: 'ok' }, '%ok'],
  [{ kind: 'option', some: { kind: 'option', some: null } }, 'some(none)'],
  [{ kind: 'result', ok: true, payload: null }, 'ok'],
  [{ kind: 'result', ok: false, payload: one }, 'err(1)'],
  [{ kind: 'flags', names: ['a', 'b'] }, '{a, b}'],
  [{ kind: 'handle', name: 'book 1', resource: 'book' }, '<book 1>'],
];

for (const [value, expected] of PRINTED) {
  test(expected, () => assert.equal(print(value), expected));
}

test('an f32 is printed with digits that are the same f32', () => {
  const view = new DataView(new ArrayBuffer(4));
  for (let bits = 1; bits < 0x7f80_0000; bits += 7_654_321) {
    view.setUint32(0, bits);
    const value = view.getFloat32(0);
    assert.equal(Math.fround(Number(print(float(32, value)))), value);
  }
});
