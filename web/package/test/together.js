// Several inputs that connect, or do not, in every way there is.

const api = (type) => `(instance $api (export "f" (func (result ${type}))))`;

const giver = (type = 'u32', value = 7) => `(component
  (core module $m (func (export "f") (result ${type === 'u32' ? 'i32' : 'i64'}) (${type === 'u32' ? 'i32' : 'i64'}.const ${value})))
  (core instance $i (instantiate $m))
  (func $f (result ${type}) (canon lift (core func $i "f")))
  (instance $api (export "f" (func $f)))
  (export "a:b/api" (instance $api)))`;

const taker = `(component
  (import "a:b/api" ${api('u32')})
  (import "a:b/other" (instance (export "g" (func))))
  (alias export $api "f" (func $f))
  (export "f" (func $f)))`;

const wac = {
  name: 'both.wac',
  text: 'package a:c;\nlet g = new a:giver { };\nlet t = new a:taker { "a:b/api": g["a:b/api"], ... };\nexport t.f;\n',
};

export const together = [
  {
    title: 'an export meets an import, and the host another',
    inputs: [
      { name: 'giver.wat', text: giver() },
      { name: 'taker.wat', text: taker },
    ],
  },
  {
    title: 'a document',
    inputs: [
      { name: 'giver.wat', text: giver(), package: 'a:giver' },
      { name: 'taker.wat', text: taker, package: 'a:taker' },
    ],
    composing: { wac },
  },
  {
    title: 'more than one could',
    inputs: [
      { name: 'giver.wat', text: giver() },
      { name: 'giver2.wat', text: giver('u32', 8) },
      { name: 'taker.wat', text: taker },
    ],
  },
  {
    title: 'in order, the nearest',
    inputs: [
      { name: 'taker.wat', text: taker },
      { name: 'relay.wat', text: `(component (import "a:b/api" ${api('u32')}) (export "a:b/api" (instance $api)))` },
      { name: 'giver.wat', text: giver() },
    ],
    composing: { inOrder: true },
  },
  {
    title: 'what the host lacks is stubbed',
    inputs: [{ name: 'taker.wat', text: taker }],
    composing: { stub: ['a:b/*'] },
  },
  {
    title: 'the type does not fit',
    inputs: [
      { name: 'giver.wat', text: giver('u64') },
      { name: 'taker.wat', text: taker },
    ],
  },
];
