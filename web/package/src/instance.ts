// Instances of `meld.wasm`. In: nothing. Out: the exports of a new instance, compiled at the first call.
// Not its job: what is imported from the host, and what the exports are called with.

import { compile } from '#compile';
import { type ImportObject, instantiate, type Root } from './meld.js';
import { small } from './small.js';

export type { Root };

let compiled: Promise<WebAssembly.Module> | undefined;
/** The instance that was asked for last. Never fails. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Makes an instance. Each call of the package has its own: an instance that has stopped is of no more
 * use, and the memory that one has taken never shrinks. They are made one after the other: most calls are
 * done with theirs at once, and a browser has room for some hundred memories.
 */
export async function start(imports: Record<string, object>): Promise<Root> {
  compiled ??= compile().catch((error: unknown) => {
    // The next call tries again.
    compiled = undefined;
    throw error;
  });
  const core = await compiled;
  // jco's types give the imports versions, its code does not.
  const made = last.then(() => instantiate((name) => module(name) ?? core, imports as unknown as ImportObject));
  last = made.catch(() => {});
  return made;
}

/** A core module that is kept as text. */
function module(name: string): WebAssembly.Module | undefined {
  const text = small[name];
  return text === undefined
    ? undefined
    : new WebAssembly.Module(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
