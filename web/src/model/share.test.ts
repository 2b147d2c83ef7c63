// What a link carries, and comes back from it; what has no room; texts that are none.

import assert from 'node:assert/strict';
import test from 'node:test';
import { NOTHING_TYPED } from '../run/kept';
import { fitting, fromText, MOST, toText } from './share';
import type { Part } from './store';

const part = (name: string, bytes: Uint8Array<ArrayBuffer>, url: string | null = null): Part => ({ kept: { id: name, name, package: 'a:b', url }, bytes });
const zeros = (length: number) => new Uint8Array(length);
/** No deflating makes these fewer. */
const noise = (length: number) => Uint8Array.from({ length }, () => Math.random() * 256);

test('a link gives back what it was given', () => {
  const run = { ...NOTHING_TYPED, line: 'a “b”', values: { 'x#f': ['1', { case: 'some', payload: ['2', true] }] } };
  const inputs = [
    { name: 'ä.wat', package: '', url: null, bytes: noise(1000) },
    { name: 'b', package: 'c:d', url: 'https://example.org/b', bytes: null },
    { name: 'empty', package: '', url: null, bytes: zeros(0) },
    { name: 'left', package: '', url: null, bytes: null },
  ];
  const text = toText({ inputs, run });
  assert.match(text, /^[\w-]+$/);
  assert.deepEqual(fromText(text), { inputs, run });
});

test('the smallest inputs have room first, and those with an address take none', () => {
  const parts = [part('large', noise(MOST)), part('small', noise(100)), part('elsewhere', noise(MOST), 'https://example.org/x'), part('deflated', zeros(MOST))];
  const shared = fitting(parts);
  assert.deepEqual(shared.map(({ bytes }) => bytes !== null), [false, true, false, false]);
  assert.deepEqual(fitting([part('deflated', zeros(MOST))]).map(({ bytes }) => bytes !== null), [true]);
  assert.ok(toText({ inputs: shared, run: NOTHING_TYPED }).length < MOST);
});

test('a text that is cut, changed or another is none', () => {
  const text = toText({ inputs: [{ name: 'a', package: '', url: null, bytes: noise(100) }], run: NOTHING_TYPED });
  for (const wrong of ['', 'AAAA', text.slice(0, -20), text.slice(20), '%', 'x'.repeat(3 * MOST)]) assert.equal(fromText(wrong), null);
});
