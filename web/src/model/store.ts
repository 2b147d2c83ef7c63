// The last work, in the browser's IndexedDB: bytes under each input's id, so that only what is new
// is written; the order, names and settings in one record. What is read may be damaged, or another
// program's: only what is whole comes out. Not its job: what to do about the rest.

import { clear as clearStore, delMany, get, keys, set, type UseStore } from 'idb-keyval';
import type { Input, Kept } from './inputs.svelte';
import { rightSettings, type KeptSettings } from './settings.svelte';

/** The last work, as far as it is whole. */
export interface Last {
  inputs: { kept: Kept; bytes: Uint8Array<ArrayBuffer> }[];
  settings: Partial<KeptSettings>;
  /** What is lost of it, a sentence each. */
  lost: string[];
}

/** The storage takes questions and answers none. */
class Silent extends Error {
  constructor() {
    super("the browser's storage does not answer");
  }
}

const DATABASE = 'meld';
const STORE = 'work';
const WORK = 'work';
const BYTES = 'bytes:';
/** How long opening may take, and reading one record, in milliseconds. Both are done in far less. */
const PATIENCE = { open: 5_000, read: 20_000 };

function within<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Silent()), milliseconds);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function open(version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, version);
    request.onupgradeneeded = () => {
      const { result } = request;
      if (result.objectStoreNames.contains(STORE)) result.deleteObjectStore(STORE);
      result.createObjectStore(STORE);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Whether the database has the store, and records are found in it by a key of their own. */
function isWhole(database: IDBDatabase): boolean {
  return database.objectStoreNames.contains(STORE) && database.transaction(STORE).objectStore(STORE).keyPath === null;
}

let opened: Promise<IDBDatabase> | null = null;

async function openWhole(): Promise<IDBDatabase> {
  let database = await open();
  if (!isWhole(database)) {
    const next = database.version + 1;
    database.close();
    database = await open(next);
  }
  const forget = () => (opened = null);
  database.onclose = forget;
  // Another tab makes the store anew, or clears what the browser keeps: it waits for this one.
  database.onversionchange = () => {
    database.close();
    forget();
  };
  return database;
}

function database(): Promise<IDBDatabase> {
  opened ??= openWhole().catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

const store: UseStore = async (mode, use) => use((await database()).transaction(STORE, mode).objectStore(STORE));

/** A record, or undefined if there is none or if the browser cannot read it. */
async function record(key: string): Promise<unknown> {
  try {
    return await within(get<unknown>(key, store), PATIENCE.read);
  } catch (error) {
    if (error instanceof Silent) throw error;
    console.info(`The record ${key} cannot be read:`, error);
    return undefined;
  }
}

function isKept(value: unknown): value is Kept {
  const { id, name, package: pack } = (value ?? {}) as Record<string, unknown>;
  return [id, name, pack].every((word) => typeof word === 'string');
}

function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}

/** Null where there is none. Throws what the browser says, or `Silent`, where there is no storage. */
export async function load(): Promise<Last | null> {
  await within(database(), PATIENCE.open);
  const work = await record(WORK);
  if (work === undefined) {
    const nothing = (await within(keys(store), PATIENCE.read)).length === 0;
    return nothing ? null : { inputs: [], settings: {}, lost: ['The last work is damaged, and could not be restored.'] };
  }
  const { inputs, settings } = (work ?? {}) as Record<string, unknown>;
  const right = rightSettings(settings);
  const last: Last = { inputs: [], settings: right.settings, lost: [] };
  const ids = new Set<string>();
  const damaged = Array.isArray(inputs) ? inputs.filter((one) => !isKept(one)).length : 1;
  for (const { id, name, package: pack } of Array.isArray(inputs) ? inputs.filter(isKept) : []) {
    const bytes = await record(BYTES + id);
    if (isBytes(bytes) && !ids.has(id)) last.inputs.push({ kept: { id, name, package: pack }, bytes });
    else last.lost.push(`${name} was not kept whole, and has to be added again.`);
    ids.add(id);
  }
  if (damaged > 0) last.lost.push('The list of the last inputs is damaged: those that are not here have to be added again.');
  if (!right.whole) last.lost.push('The last settings are damaged: those that were lost are as they are at first.');
  return last;
}

export async function save(inputs: Input[], settings: KeptSettings): Promise<void> {
  const there = new Set(await keys(store));
  for (const { id, bytes } of inputs) {
    if (!there.delete(BYTES + id)) await set(BYTES + id, bytes, store);
  }
  there.delete(WORK);
  const work = {
    inputs: inputs.map(({ id, name, package: pack }): Kept => ({ id, name, package: pack })),
    settings,
  };
  await set(WORK, work, store);
  // Last, so that whenever the page is closed, what the record names is there.
  await delMany([...there], store);
}

export function clear(): Promise<void> {
  return clearStore(store);
}
