// A component as JavaScript, by jco. In: a component. Out: its source and compiled core modules.
// Not its job: running it.

import { generate } from '@bytecodealliance/jco/component';
import { cli } from '@bytecodealliance/preview2-shim';
import type { PreparedComponent } from './protocol';

/** jco itself, or the engine that compiles what it made, cannot take the component. */
export class NotTranslated extends Error {}

export async function transpile(bytes: Uint8Array): Promise<PreparedComponent> {
  const { files, imports } = await generateFiles(bytes, {
    name: 'component',
    noTypescript: true,
    noNodejsCompat: true,
    instantiation: { tag: 'async' },
    base64Cutoff: 0,
    // A fused component has a memory per component. Without this, jco rewrites the accesses.
    multiMemory: true,
  });
  const isModule = ([name]: [string, Uint8Array]): boolean => name.endsWith('.wasm');
  const source = files.find(([name]) => name.endsWith('.js'));
  if (!source) throw new NotTranslated('jco made no JavaScript');
  const modules = await Promise.all(files.filter(isModule).map(compile));
  return { source: new TextDecoder().decode(source[1]), modules: new Map(modules), imports };
}

export async function generateFiles(bytes: Uint8Array, options: Parameters<typeof generate>[1]) {
  // jco is a component itself, and says why it panics on its own standard error.
  const said: Uint8Array[] = [];
  const { _setStderr } = cli as unknown as { _setStderr(handler: { write(bytes: Uint8Array): void }): void };
  _setStderr({ write: (part) => void said.push(part.slice()) });
  try {
    return await generate(bytes, options);
  } catch (error) {
    const why = said.length > 0 ? await new Blob(said as BlobPart[]).text() : String(error);
    throw new NotTranslated(`jco does not translate this component: ${firstLines(why)}`);
  }
}

async function compile([name, bytes]: [string, Uint8Array]): Promise<[string, WebAssembly.Module]> {
  try {
    return [name, await WebAssembly.compile(bytes as BufferSource)];
  } catch (error) {
    throw new NotTranslated(`this browser does not compile ${name}: ${String(error)}`);
  }
}

/** A panic's message, without how to get a backtrace, or with it. */
function firstLines(text: string): string {
  return (text.split(/\n(?:note|stack backtrace):/)[0] ?? text).trim();
}
