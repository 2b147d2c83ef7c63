// Values on their way to jco's JavaScript and back.

import assert from 'node:assert/strict';
import test from 'node:test';
import { initial, read } from './draft';
import type { Resource, Type } from './types';
import { fromJs, Mismatch, toJs, type Handles, type Value } from './values';

const int = (name: string): Type => {
  const bits = BigInt(name.slice(1));
  return name.startsWith('u')
    ? { kind: 'integer', name, min: 0n, max: (1n << bits) - 1n }
    : { kind: 'integer', name, min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n };
};
const u8 = int('u8');
const u64 = int('u64');
const bool: Type = { kind: 'bool' };
const string: Type = { kind: 'string' };
const option = (some: Type): Type => ({ kind: 'option', some });
const list = (element: Type): Type => ({ kind: 'list', element, length: null });
const book: Resource = { id: 7, name: 'book' };

const integer = (value: bigint): Value => ({ kind: 'integer', value });
const some = (value: Value | null): Value => ({ kind: 'option', some: value });

class Shelf implements Handles {
  readonly object = {};
  take(name: string): object {
    assert.equal(name, 'book 1');
    return this.object;
  }
  keep(handle: object): string {
    assert.equal(handle, this.object);
    return 'book 1';
  }
}

/** The type, a value of it, and how jco writes that value. */
const shelf = new Shelf();
const PAIRS: [string, Type, Value, unknown][] = [
  ['bool', bool, { kind: 'bool', value: true }, true],
  ['u8', u8, integer(255n), 255],
  ['s32', int('s32'), integer(-(1n << 31n)), -2147483648],
  ['u64', u64, integer((1n << 64n) - 1n), 18446744073709551615n],
  ['s64', int('s64'), integer(-1n), -1n],
  ['f32', { kind: 'float', bits: 32 }, { kind: 'float', bits: 32, value: NaN }, NaN],
  ['char', { kind: 'char' }, { kind: 'char', value: '🐟' }, '🐟'],
  ['list<u8>', { kind: 'bytes' }, { kind: 'bytes', value: new Uint8Array([1, 2]) }, new Uint8Array([1, 2])],
  ['list<u64>', list(u64), { kind: 'list', items: [integer(3n)] }, new BigUint64Array([3n])],
  ['list<s16>', list(int('s16')), { kind: 'list', items: [integer(-3n)] }, new Int16Array([-3])],
  ['list<string>', list(string), { kind: 'list', items: [{ kind: 'string', value: 'a' }] }, ['a']],
  ['map', { kind: 'map', key: string, value: u8 }, { kind: 'map', entries: [[{ kind: 'string', value: 'a' }, integer(1n)]] }, new Map([['a', 1]])],
  ['tuple', { kind: 'tuple', items: [u8, string] }, { kind: 'tuple', items: [integer(1n), { kind: 'string', value: 'a' }] }, [1, 'a']],
  ['record', { kind: 'record', fields: [{ name: 'two-words', type: u8 }] }, { kind: 'record', fields: [['two-words', integer(1n)]] }, { twoWords: 1 }],
  ['variant with', { kind: 'variant', cases: [{ name: 'a-b', type: u8 }] }, { kind: 'variant', name: 'a-b', payload: integer(1n) }, { tag: 'a-b', val: 1 }],
  ['variant without', { kind: 'variant', cases: [{ name: 'a', type: null }] }, { kind: 'variant', name: 'a', payload: null }, { tag: 'a' }],
  ['enum', { kind: 'enum', names: ['a-b', 'c'] }, { kind: 'enum', name: 'a-b' }, 'a-b'],
  ['none', option(u8), some(null), undefined],
  ['some', option(u8), some(integer(0n)), 0],
  ['none of two', option(option(u8)), some(null), { tag: 'none' }],
  ['some none', option(option(u8)), some(some(null)), { tag: 'some', val: undefined }],
  ['some some', option(option(u8)), some(some(integer(1n))), { tag: 'some', val: 1 }],
  ['none of three', option(option(option(u8))), some(null), undefined],
  ['some of three', option(option(option(u8))), some(some(null)), { tag: 'none' }],
  ['ok', { kind: 'result', ok: u8, err: null }, { kind: 'result', ok: true, payload: integer(1n) }, { tag: 'ok', val: 1 }],
  ['err', { kind: 'result', ok: u8, err: null }, { kind: 'result', ok: false, payload: null }, { tag: 'err', val: undefined }],
  ['flags', { kind: 'flags', names: ['a-b', 'c'] }, { kind: 'flags', names: ['a-b'] }, { aB: true, c: false }],
  ['handle', { kind: 'handle', owned: true, resource: book }, { kind: 'handle', name: 'book 1', resource: 'book' }, shelf.object],
];

for (const [name, type, value, js] of PAIRS) {
  test(`${name}, to jco and back`, () => {
    assert.deepStrictEqual(toJs(type, value, shelf), js);
    assert.deepStrictEqual(fromJs(type, js, shelf), value);
  });
}

test('a value is not taken for one of another type', () => {
  for (const [, type, value, js] of PAIRS) {
    const other: Type = type.kind === 'bool' ? string : bool;
    assert.throws(() => toJs(other, value, shelf), Mismatch);
    if (typeof js !== 'boolean') assert.throws(() => fromJs(bool, js, shelf), Mismatch);
  }
});

test('what a form begins with is a value, unless it needs a handle', () => {
  for (const [name, type] of PAIRS) {
    const draft = initial(type);
    if (type.kind === 'handle') assert.throws(() => read(draft), /a book is needed/);
    else assert.doesNotThrow(() => toJs(type, read(draft), shelf), name);
  }
});
