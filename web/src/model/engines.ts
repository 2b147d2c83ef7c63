// Which engines take a result, and what starts it there: docs/ENGINES.md in short. In: what the result
// needs, and how it is called. Out: rows to show. A test holds the names against the document.

import type { Needs } from '../workers/needs';
import { quote } from './command';
import type { Order } from './recipe';

export interface Engine {
  name: string;
  /** A command that runs it, or null. */
  command: string | null;
  note: string;
}

const isOf = (names: string[], start: string) => names.some((name) => name.startsWith(start));

/** `exports`: of the composition, by their names. */
export function enginesFor({ output, wasi }: Pick<Order, 'output' | 'wasi'>, { memories, imports }: Needs, exports: string[], fileName: string): Engine[] {
  const several = memories > 1;
  const file = quote(fileName.startsWith('-') ? `./${fileName}` : fileName);
  if (output === 'component' && [...imports, ...exports].some((name) => WASI_03.test(name))) return forWasi03(file, several, exports);
  if (output === 'component') return forComponents(file, several, exports);
  if (wasi === 'preview1') return forPreview1(file, several, isOf(exports, 'wasi:cli/run@'));
  const note = several ? 'with several memories in one module, as wasmtime, Node.js 22 and browsers have them' : 'with one memory';
  return [{ name: 'A host that reads meld:boundary', command: null, note }];
}

/** What WASI 0.3 is called in names, and what wasmtime 48 wants for it. */
const WASI_03 = /^wasi:.*@0\.3\./;
const FLAGS_03 = ' -S p3 -W component-model-async=y';

function forWasi03(file: string, several: boolean, exports: string[]): Engine[] {
  const isService = isOf(exports, 'wasi:http/handler@');
  const serve = `wasmtime serve -S cli${FLAGS_03}${several ? ' -O pooling-allocator=n' : ''} ${file}`;
  const run = isOf(exports, 'wasi:cli/run@') ? `wasmtime run${FLAGS_03} ${file}` : null;
  return [
    { name: 'wasmtime', command: isService ? serve : run, note: 'with WASI 0.3' },
    { name: 'jco', command: null, note: '1.35 has no WASI 0.3 for browsers, and neither has this page' },
  ];
}

function forComponents(file: string, several: boolean, exports: string[]): Engine[] {
  const engines: Engine[] = [];
  if (isOf(exports, 'wasi:http/incoming-handler@')) {
    const flags = several ? ' -O pooling-max-memories-per-module=100,pooling-max-tables-per-module=100' : '';
    engines.push({ name: 'wasmtime serve', command: `wasmtime serve${flags} ${file}`, note: several ? 'one memory needs no flag' : '' });
  }
  const isCommand = isOf(exports, 'wasi:cli/run@');
  engines.push({ name: 'wasmtime', command: isCommand ? `wasmtime run ${file}` : null, note: isCommand ? '' : 'from a program, or one function by wasmtime run --invoke' });
  engines.push({
    name: 'jco',
    command: `jco transpile${several ? ' --multi-memory' : ''} ${file} -o out`,
    note: several ? 'for Node.js 22 and browsers; one memory needs no flag, and Node.js 20 takes it' : 'for Node.js 20 and browsers',
  });
  return engines;
}

function forPreview1(file: string, several: boolean, isCommand: boolean): Engine[] {
  const run = (command: string) => (isCommand ? command : null);
  const note = isCommand ? '' : 'calls _initialize first';
  const engines: Engine[] = [
    { name: 'wasmtime', command: run(`wasmtime run ${file}`), note },
    { name: several ? 'Node.js 22' : 'Node.js 20', command: null, note: 'by node:wasi' },
    { name: 'wasmi', command: run(`wasmi_cli ${file}`), note },
    { name: 'Chromium', command: null, note: 'by @bjorn3/browser_wasi_shim, as this page runs it' },
  ];
  if (several) return engines;
  return [...engines, { name: 'WAMR', command: run(`iwasm ${file}`), note }, { name: 'wasm2c', command: null, note: 'to C' }, { name: 'wasm3', command: null, note: 'with one table' }];
}
