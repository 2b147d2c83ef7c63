// A host, in any engine that has JavaScript, of a core module that meld has fused of components with async functions.
// In: the module, an exported function, its arguments. Out: its result. One call at a time, of numbers of type u32; who
// makes several, or has async functions to import, needs the other built-ins too (docs/BOUNDARY.md, "Async functions").
//
//     node run.mjs FUSED.wasm FUNCTION NUMBER...

import { readFileSync } from 'node:fs';

const [EXIT, YIELD] = [0, 1]; // `CallbackCode`
const NONE = 0; // `EventCode`

const [file, name, ...numbers] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const [section] = WebAssembly.Module.customSections(module, 'meld:boundary');
const boundary = JSON.parse(new TextDecoder().decode(section));

// Of the one task.
let context = 0;
let result = null;

const builtins = { 'context-get': () => context, 'context-set': (value) => void (context = value) };

/** What an import is: `task.return` of an export, or a built-in. */
function met({ module, name, kind }) {
  if (kind['task-return']) return (value) => void (result = value >>> 0);
  return builtins[kind.task?.builtin] ?? (() => { throw new Error(`this host has no ${module} ${name}`); });
}

const imports = {};
for (const one of boundary.imports) (imports[one.module] ??= {})[one.name] = met(one);
const { exports } = new WebAssembly.Instance(module, imports);

function call(name, numbers) {
  const lift = boundary.exports.find(({ path }) => path.join(' ') === name);
  const types = lift ? [lift.result, ...lift.params.map(([, type]) => type)] : [];
  if (!lift?.async || types.some((type) => boundary.types[type] !== 'u32')) throw new Error(`there is no async function ${name} of numbers`);
  let code = exports[lift.export](...numbers.map(Number));
  // It lets a host that has other things to do go on from time to time.
  while (code === YIELD) code = exports[lift.callback](NONE, 0, 0);
  if (code !== EXIT) throw new Error(`${name} waits, and there is nothing that it could wait for`);
  return result;
}

console.log(call(name, numbers));
