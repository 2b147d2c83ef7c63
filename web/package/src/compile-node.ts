// Compiles the core module of `meld.wasm` from its file, in Node.js. Not its job: instantiation.

import { readFile } from 'node:fs/promises';

export async function compile(): Promise<WebAssembly.Module> {
  const bytes = await readFile(new URL('./meld.core.wasm', import.meta.url));
  return WebAssembly.compile(bytes);
}
