// The programs of WASI 0.3 here, composed and fused. In: a folder to make them in. Out: files, and what `wasmtime` is to
// be told of each. Expects `just build` and what build.sh makes. Not its job: running them.

import { join } from 'node:path';
import { meld, root } from '../serve/service.mjs';

export const guests = (names) => names.map((name) => join(root, `target/wasi3/wasm32-wasip2/release/${name}.wasm`));
export const p3 = ['-S', 'p3', '-W', 'component-model-async=y'];

/** The components, composed; fused; and fused with one memory. */
export function made(folder, name, parts, flags) {
  const at = (kind) => join(folder, `${name}-${kind}.wasm`);
  const [composed, fused, single] = ['composed', 'fused', 'single'].map(at);
  meld('compose', ...parts, ...flags, '-o', composed);
  meld('fuse', ...parts, ...flags, '--component', '-o', fused);
  meld('fuse', ...parts, ...flags, '--component', '--memory', 'single', '-o', single);
  return { composed, fused, single };
}

/** The HTTP service of two middlewares and an application: of each kind the file, and the arguments that serve it. */
export function services(folder) {
  const { composed, fused, single } = made(folder, 'service', guests(['front', 'upper', 'echo']), ['--in-order']);
  const serve = ['-S', 'cli', ...p3];
  return {
    composed: [composed, serve],
    fused: [fused, [...serve, '-O', 'pooling-allocator=n']],
    single: [single, serve],
  };
}

/** Bytes of all kinds, as many as are asked for. */
export function bytes(size) {
  const all = Buffer.alloc(size);
  for (let n = 0, seed = size + 1; n < size; n++) {
    seed = (Math.imul(seed, 0x19660d) + 0x3c6ef35f) >>> 0;
    all[n] = seed >>> 24;
  }
  return all;
}
