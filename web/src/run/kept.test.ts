// Drafts as they are kept: what was filled in comes back, and what does not fit its type does not.

import assert from 'node:assert/strict';
import test from 'node:test';
import { initial, read } from './draft';
import { keep, restore, rightRun, type KeptDraft } from './kept';
import { print } from './print';
import type { Type } from './types';

const u32: Type = { kind: 'integer', name: 'u32', min: 0n, max: 4294967295n };
const string: Type = { kind: 'string' };
const record: Type = { kind: 'record', fields: [{ name: 'a', type: u32 }, { name: 'b', type: { kind: 'option', some: string } }] };

const KEPT: [Type, KeptDraft, string][] = [
  [u32, '7', '7'],
  [{ kind: 'bool' }, true, 'true'],
  [{ kind: 'bytes' }, { as: 'hex', text: '01 ff' }, '[1, 255]'],
  [{ kind: 'list', element: u32, length: null }, ['1', '2'], '[1, 2]'],
  [{ kind: 'list', element: u32, length: 2 }, ['1', '2'], '[1, 2]'],
  [{ kind: 'map', key: string, value: u32 }, [['x', '1']], '{"x": 1}'],
  [{ kind: 'tuple', items: [u32, string] }, ['1', 'x'], '(1, "x")'],
  [record, { a: '3', b: { case: 'some', payload: 'y' } }, '{a: 3, b: some("y")}'],
  [{ kind: 'result', ok: null, err: u32 }, { case: 'err', payload: '4' }, 'err(4)'],
  [{ kind: 'flags', names: ['r', 'w'] }, ['w'], '{w}'],
];

for (const [type, kept, printed] of KEPT) {
  test(`a ${type.kind} comes back`, () => {
    const draft = restore(type, kept);
    assert.equal(print(read(draft)), printed);
    assert.deepEqual(keep(draft), kept);
    assert.deepEqual(restore(type, JSON.parse(JSON.stringify(kept)) as KeptDraft), draft);
  });
}

test('what does not fit is as it is at first', () => {
  for (const [type] of KEPT) {
    for (const kept of [undefined, null, 'x', [['x']], { case: 'none at all', payload: null }] as (KeptDraft | undefined)[]) {
      const draft = restore(type, kept);
      assert.equal(draft.kind, initial(type).kind);
      assert.doesNotThrow(() => keep(draft));
    }
  }
});

test('of anything, what is right is taken', () => {
  for (const value of [undefined, null, 7, 'x', [], { files: 3, values: [], line: {} }]) assert.deepEqual(rightRun(value), rightRun(null));
  const { files, values } = rightRun({ files: [{ path: 'a', text: 'b' }, { path: 3 }, null], values: { f: ['1', 7, { x: 8 }], g: 'no' } });
  assert.deepEqual(files, [{ path: 'a', text: 'b' }]);
  assert.deepEqual(values, { f: ['1'] });
});
