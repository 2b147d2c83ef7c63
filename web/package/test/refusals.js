// Inputs that the fuser refuses, and that are not files of `tests/cases/refused`: each kind of error is
// here or there.

const adder = `(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func (export "f") (canon lift (core func $i "f"))))`;

/** A component with an import and an export of an interface with one function. */
function link(imported, exported, type = 'u32') {
  return `(component
  (import "a:b/${imported}" (instance $i (export "f" (func (result ${type})))))
  (export "a:b/${exported}" (instance $i)))`;
}

export const refusals = [
  { title: 'nothing in it', inputs: [{ name: 'empty.wasm', bytes: [] }], options: {} },
  { title: 'cut off', inputs: [{ name: 'cut.wasm', bytes: [0, 97, 115, 109, 13, 0, 1, 0, 1, 200] }], options: {} },
  { title: 'no text format', inputs: [{ name: 'text.wat', text: '(component\n  (core modul $m))' }], options: {} },
  {
    title: 'not valid',
    inputs: [{ name: 'invalid.wat', text: '(component (core module (func (result i32))))' }],
    options: {},
  },
  { title: 'a core module', inputs: [{ name: 'module.wasm', bytes: [0, 97, 115, 109, 1, 0, 0, 0] }], options: {} },
  {
    title: 'an option that names nothing',
    inputs: [{ name: 'adder.wat', text: adder }],
    options: { opaqueRep: ['a:b/c.d'] },
  },
  {
    title: 'a reservation that names nothing',
    inputs: [{ name: 'adder.wat', text: adder }],
    options: { memory: 'single', reserve: { nobody: 65536 } },
  },
  {
    title: 'a stub that names nothing',
    inputs: [{ name: 'link.wat', text: link('in', 'out') }],
    options: { stub: ['a:b/none'] },
  },
  {
    title: 'a choice',
    inputs: [
      { name: 'one.wat', text: adder.replaceAll('(export "f")', '(export "g")').replace('(export "g") (canon', '(export "f") (canon') },
      { name: 'two.wat', text: adder },
      { name: 'user.wat', text: '(component (import "f" (func $f)) (export "h" (func $f)))' },
    ],
    options: {},
  },
  {
    title: 'a circle',
    inputs: [
      { name: 'one.wat', text: link('x', 'y') },
      { name: 'two.wat', text: link('y', 'x') },
    ],
    options: {},
  },
  {
    title: 'strangers',
    inputs: [
      { name: 'one.wat', text: adder },
      { name: 'two.wat', text: link('x', 'y') },
    ],
    options: {},
  },
  {
    title: 'a misfit',
    inputs: [
      { name: 'one.wat', text: link('x', 'y') },
      { name: 'two.wat', text: link('y', 'z', 'u64') },
    ],
    options: {},
  },
  {
    title: 'a document that does not parse',
    inputs: [{ name: 'adder.wat', text: adder }],
    options: { wac: { name: 'x.wac', text: 'package a:b;\nlet' } },
  },
];
