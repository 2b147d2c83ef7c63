// The last work, in the browser's IndexedDB: bytes under each input's id, so that only what is new
// is written; the order, names and settings in one record.

import { createStore, delMany, get, getMany, keys, set, clear as clearStore } from 'idb-keyval';
import type { Input, Kept } from './inputs.svelte';
import type { KeptSettings } from './settings.svelte';

export interface KeptWork {
  inputs: Kept[];
  settings: KeptSettings;
}

const WORK = 'work';
const BYTES = 'bytes:';

let opened: ReturnType<typeof createStore> | null = null;
const store = () => (opened ??= createStore('meld', 'work'));

export async function load(): Promise<{ work: KeptWork; bytes: (Uint8Array<ArrayBuffer> | undefined)[] } | null> {
  const work = await get<KeptWork>(WORK, store());
  if (!work) return null;
  const bytes = await getMany<Uint8Array<ArrayBuffer> | undefined>(
    work.inputs.map(({ id }) => BYTES + id),
    store(),
  );
  return { work, bytes };
}

export async function save(inputs: Input[], settings: KeptSettings): Promise<void> {
  const there = new Set((await keys<string>(store())).filter((key) => key.startsWith(BYTES)));
  for (const { id, bytes } of inputs) {
    if (!there.delete(BYTES + id)) await set(BYTES + id, bytes, store());
  }
  const work: KeptWork = {
    inputs: inputs.map(({ id, name, package: pack }) => ({ id, name, package: pack })),
    settings,
  };
  await set(WORK, work, store());
  // Last, so that whenever the page is closed, what the record names is there.
  await delMany([...there], store());
}

export function clear(): Promise<void> {
  return clearStore(store());
}
