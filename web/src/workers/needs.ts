// What a result needs of an engine and of a host. In: its bytes, and what kind they are. Out: features,
// memories and imports. Not its job: which engines have them.

import * as meld from 'meld-fuser';
import { coreModules, features, type Document } from '../model/document';
import { importsOf } from '../model/stubs';

export interface Needs {
  features: string[];
  /** How many memories the largest core module defines. */
  memories: number;
  /** What the host has to give: interfaces and functions of a component, modules of a core module's imports. */
  imports: string[];
}

export async function needsOf(bytes: Uint8Array<ArrayBuffer>, kind: 'component' | 'core-module'): Promise<Needs> {
  const looked = kind === 'component' ? bytes : around(bytes);
  const document = (await meld.inspect({ name: 'result', bytes: looked })).json as Document;
  const memories = coreModules(document.component).map((module) => module.memories.filter(({ imported }) => !imported).length);
  const imports = kind === 'component' ? importsOf(document) : await modulesOf(bytes);
  return { features: features(document.component), memories: Math.max(0, ...memories), imports };
}

async function modulesOf(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  return [...new Set(imports.map(({ module }) => module))];
}

/** A component with a core module in it and nothing else, for `inspect` looks at components. */
function around(module: Uint8Array): Uint8Array {
  const head = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 1, ...leb(module.length)];
  const whole = new Uint8Array(head.length + module.length);
  whole.set(head);
  whole.set(module, head.length);
  return whole;
}

/** An unsigned number as LEB128. */
function leb(number: number): number[] {
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...leb(number >>> 7)];
}
