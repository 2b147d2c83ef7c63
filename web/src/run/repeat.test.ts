// Repeated calls: how many there are, and what samples say together.

import assert from 'node:assert/strict';
import test from 'node:test';
import { quantile, timed, unrepeatable } from './repeat';
import type { Type } from './types';

test('a call is made as often as was asked, one after the other', async () => {
  for (const times of [1, 2, 7, 1000]) {
    for (const isAsync of [false, true]) {
      let made = 0;
      let going = false;
      const later = async () => {
        assert.ok(!going);
        going = true;
        await Promise.resolve();
        going = false;
      };
      const once = () => {
        made += 1;
        return isAsync ? later() : null;
      };
      const samples = await timed(once, times);
      assert.equal(made, times);
      assert.ok(samples.reduce((sum, { calls }) => sum + calls, 0) <= times);
    }
  }
});

test('a call that fails ends it', async () => {
  await assert.rejects(timed(() => Promise.reject(new Error('no')), 5), /no/);
});

test('a quantile counts calls, not rows', () => {
  const samples = [{ calls: 1, nanoseconds: 900 }, { calls: 98, nanoseconds: 10 }, { calls: 1, nanoseconds: 20 }];
  assert.deepEqual([0.5, 0.98, 0.99, 1].map((share) => quantile(samples, share)), [10, 10, 20, 900]);
});

test('what takes or makes handles is not repeated, however deep they are', () => {
  const handle = (owned: boolean): Type => ({ kind: 'handle', owned, resource: { id: 0, name: 'r' } });
  const inside = (of: Type): Type => ({ kind: 'list', element: { kind: 'option', some: of }, length: null });
  assert.equal(unrepeatable([{ kind: 'string' }, inside(handle(false))], { kind: 'bool' }), null);
  assert.match(unrepeatable([inside(handle(true))], null) ?? '', /for good/);
  assert.match(unrepeatable([], inside(handle(true))) ?? '', /makes a handle/);
});
