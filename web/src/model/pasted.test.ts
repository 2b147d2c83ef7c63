// What a pasted text is.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pastedKind, type PastedKind } from './pasted';

const TEXTS: [PastedKind, string][] = [
  ['nothing', ' \n'],
  ['address', ' https://example.org/a.wasm\n'],
  ['unknown', 'https://example.org/a.wasm and more'],
  ['component', '\n(component)'],
  ['component', ';; a comment\n(component)'],
  ['component', '(; a comment ;) (component)'],
  ['wac', 'package a:b;\nlet x = new c:d { ... };\nexport x...;'],
  ['wac', '// interface\npackage a:b targets c:d/e;\nimport x: c:d/e;'],
  ['wac', 'package a:b;'],
  ['wac', 'package a:b;\ninterface i { f: func(); }\nexport new c:d { };'],
  ['wit', 'package a:b@1.0.0;\n\ninterface i {\n  f: func();\n}\n'],
  ['wit', '/// docs\nworld w { import i; export i; }'],
  ['wit', 'package a:b;\nuse c:d/e;\nworld w { include x; }'],
  ['wit', 'package a:b;\n@since(version = 1.0.0)\ninterface i { f: func(); }'],
  ['unknown', 'we meet at noon'],
];

for (const [kind, text] of TEXTS) {
  test(`${kind}: ${JSON.stringify(text)}`, () => assert.equal(pastedKind(text), kind));
}
