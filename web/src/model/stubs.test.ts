// Patterns, rows of stubs, and the names of imports in what `inspect` tells.

import assert from 'node:assert/strict';
import test from 'node:test';
import type { Document } from './document';
import { covers, importsOf, stubRows } from './stubs';

const documentOf = (resolve: unknown, items: string[] | null): Document => ({ resolve, items }) as Document;

test('a pattern is a name, or how names begin', () => {
  assert.ok(covers('a:b/c@1.0.0', 'a:b/c@1.0.0'));
  assert.ok(!covers('a:b/c', 'a:b/c@1.0.0'));
  assert.ok(covers('a:b/*', 'a:b/c@1.0.0'));
  assert.ok(covers('*', 'anything'));
  assert.ok(!covers('a:b/*', 'a:bc'));
  assert.ok(!covers('a:*/c', 'a:b/c'));
});

test('patterns come first, and what they cover is told at the imports', () => {
  const rows = stubRows(['a:b/*', 'x', 'y', 'y'], ['a:b/c', 'x', 'z'], ['z', 'a:b/c']);
  assert.deepEqual(rows, [
    { name: 'a:b/*', stubbed: true, by: null, unreached: false, covers: 1 },
    { name: 'y', stubbed: true, by: null, unreached: false, covers: 0 },
    { name: 'a:b/c', stubbed: true, by: 'a:b/*', unreached: true, covers: null },
    { name: 'x', stubbed: true, by: null, unreached: false, covers: null },
    { name: 'z', stubbed: false, by: null, unreached: true, covers: null },
  ]);
});

test('where the imports are not known, there are the patterns, and nothing is said of them', () => {
  assert.deepEqual(stubRows(['a:b/*'], null, []), [{ name: 'a:b/*', stubbed: true, by: null, unreached: false, covers: null }]);
});

test('imports as WIT tells them: interfaces by their names, labels and functions by theirs, and no types', () => {
  const resolve = {
    worlds: [
      {
        name: 'root',
        package: 1,
        imports: {
          'interface-0': { interface: { id: 0 } },
          labelled: { interface: { id: 0 } },
          inline: { interface: { id: 1 } },
          call: { function: { name: 'call' } },
          item: { type: 3 },
        },
        exports: {},
      },
    ],
    interfaces: [
      { name: 'face', package: 0, types: {}, functions: {} },
      { name: null, package: null, types: {}, functions: {} },
    ],
    types: [],
    packages: [{ name: 'a:b@1.2.3' }, { name: 'root:component' }],
  };
  assert.deepEqual(importsOf(documentOf(resolve, null)), ['a:b/face@1.2.3', 'labelled', 'inline', 'call']);
});

test('imports that WIT cannot tell', () => {
  const items = ['import a:b/c@1.0.0: instance', 'import d (implements "e:f/g"): instance', 'export h: func'];
  assert.deepEqual(importsOf(documentOf(null, items)), ['a:b/c@1.0.0', 'd']);
});
