// Instances of `meld.wasm`. In: nothing. Out: the exports of a new instance, compiled at the first call.
// Not its job: what is imported from the host, and what the exports are called with.

import { compile } from '#compile';
import { type ImportObject, instantiate, type Root } from './meld.js';
import { small } from './small.js';

export type { Root };

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Makes an instance. Each call of the package has its own: an instance that has stopped is of no more
 * use, and the memory that one has taken never shrinks.
 */
export async function start(imports: Record<string, object>): Promise<Root> {
  compiled ??= compile().catch((error: unknown) => {
    // The next call tries again.
    compiled = undefined;
    throw error;
  });
  const core = await compiled;
  // jco's types give the imports versions, its code does not.
  return instantiate((name) => module(name) ?? core, imports as unknown as ImportObject);
}

/** A core module that is kept as text. */
function module(name: string): WebAssembly.Module | undefined {
  const text = small[name];
  return text === undefined
    ? undefined
    : new WebAssembly.Module(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
