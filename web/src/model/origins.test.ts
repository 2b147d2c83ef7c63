// What a result says of its functions.

import assert from 'node:assert/strict';
import test from 'node:test';
import { originsOf } from './origins';

const text = (value: string) => [...new TextEncoder().encode(value)];
const sized = (bytes: number[]) => [(bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes];
const MODULE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const COMPONENT = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

const PROVENANCE = JSON.stringify({
  modules: [{ input: 1, offset: 300 }, { added: 'the platform', offset: 8 }],
  instances: [{ name: 'a/main', module: 0 }, { name: 'platform/main', module: 1 }],
  // 1 4, 0 -3, 1 40, -2 1, 0 -1
  functions: { count: 5, origins: 'CIAHCwCFCAD', generated: ['a -> b: f', 'handles'] },
});

const told = [...MODULE, 0, ...sized([15, ...text('meld:provenance'), ...text(PROVENANCE)])];

const ORIGINS = {
  functions: [
    { module: 0, index: 4, instance: 'a/main' },
    { module: 0, index: 1, instance: 'a/main' },
    { module: 1, index: 40, instance: 'platform/main' },
    { generated: 'handles' },
    { generated: 'a -> b: f' },
  ],
  modules: [{ input: 1, added: null, offset: 300 }, { input: null, added: 'the platform', offset: 8 }],
};

test('a module tells what its functions were', () => {
  assert.deepEqual(originsOf(Uint8Array.from(told)), { result: 0, ...ORIGINS });
});

test('a component tells it in one of its modules, at any depth', () => {
  const inner = [...COMPONENT, 1, ...sized(MODULE)];
  const component = [...COMPONENT, 0, ...sized([1, ...text('x')]), 4, ...sized(inner), 1, ...sized(told)];
  assert.deepEqual(originsOf(Uint8Array.from(component)), { result: 1, ...ORIGINS });
});

test('one that does not say is not guessed at', () => {
  assert.equal(originsOf(Uint8Array.from(MODULE)), null);
  assert.equal(originsOf(Uint8Array.from(COMPONENT)), null);
});
