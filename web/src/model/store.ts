// Works in the browser's IndexedDB, each under an id: bytes under each input's id, so that only what is
// new is written; the order, names and settings in one record, and beside them what can be taken back.
// What is read may be damaged, or another program's: only what is whole comes out. Not its job: what to
// do about the rest, and whose a work is.

import { delMany, get, keys, set, type UseStore } from 'idb-keyval';
import { rightRun, type KeptRun } from '../run/kept';
import { bytes as sizeOf } from './format';
import type { Kept } from './inputs.svelte';
import { messageOf } from './problem';
import { rightSettings, type KeptSettings } from './settings.svelte';

/** An input with its bytes. */
export interface Part {
  kept: Kept;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Inputs and all that is said about them, at one time. */
export interface State {
  inputs: Part[];
  settings: KeptSettings;
  run: KeptRun;
}

/** A work to keep. */
export interface Saved extends State {
  /** What was before the last step that can be taken back, and what the step was. */
  before: (State & { step: string }) | null;
}

type Whole = { [Name in keyof State]: Name extends 'settings' ? Partial<KeptSettings> : State[Name] };

/** A work, as far as it is whole. */
export interface Last extends Whole {
  before: (Whole & { step: string }) | null;
  /** What is lost of it, a sentence each. */
  lost: string[];
}

/** A work that is kept, in short. */
export interface Entry {
  id: string;
  names: string[];
  /** When it was kept, in milliseconds since 1970. */
  when: number;
}

/** The storage takes questions and answers none. */
class Silent extends Error {
  constructor() {
    super("the browser's storage does not answer");
  }
}

const DATABASE = 'meld';
const STORE = 'work';
const WORK = 'work:';
const bytesKey = (id: string, input: string) => `bytes:${id}:${input}`;
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
  const forget = () => {
    opened = null;
    bytesThere.clear();
  };
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
  const { id, name, package: pack, url = null } = (value ?? {}) as Record<string, unknown>;
  return [id, name, pack].every((word) => typeof word === 'string') && (url === null || typeof url === 'string');
}

function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The keys of a work's bytes. */
async function bytesOf(id: string): Promise<string[]> {
  const prefix = bytesKey(id, '');
  return (await keys(store)).filter((key): key is string => typeof key === 'string' && key.startsWith(prefix));
}

/** All works, the newest first. One that was cleared has no names, and what can be taken back. Throws what the browser says, or `Silent`, where there is
 * no storage. */
export async function works(): Promise<Entry[]> {
  await within(database(), PATIENCE.open);
  const ids = (await within(keys(store), PATIENCE.read)).flatMap((key) =>
    typeof key === 'string' && key.startsWith(WORK) ? [key.slice(WORK.length)] : [],
  );
  const found: Entry[] = [];
  for (const id of ids) {
    const { inputs, settings, when } = ((await record(WORK + id)) ?? {}) as Record<string, unknown>;
    const { wac } = rightSettings(settings).settings;
    const names = [...listOf(inputs).filter(isKept).map(({ name }) => name), ...(wac ? [wac.name] : [])];
    found.push({ id, names, when: typeof when === 'number' ? when : 0 });
  }
  return found.sort((a, b) => b.when - a.when);
}

/** Null where there is none. Throws as `works` does. */
export async function load(id: string): Promise<Last | null> {
  await within(database(), PATIENCE.open);
  const work = await record(WORK + id);
  if (work === undefined) {
    const nothing = (await within(bytesOf(id), PATIENCE.read)).length === 0;
    if (nothing) return null;
    return { inputs: [], settings: {}, run: rightRun(null), before: null, lost: ['The last work is damaged, and could not be restored.'] };
  }
  const { inputs, settings, run, before } = (work ?? {}) as Record<string, unknown>;
  const right = rightSettings(settings);
  const lost: string[] = [];
  const parts = await partsOf(id, inputs, lost);
  if (!Array.isArray(inputs) || !inputs.every(isKept)) lost.push('The list of the last inputs is damaged: those that are not here have to be added again.');
  if (!right.whole) lost.push('The last settings are damaged: those that were lost are as they are at first.');
  return { inputs: parts, settings: right.settings, run: rightRun(run), before: await beforeOf(id, before), lost };
}

async function partsOf(id: string, inputs: unknown, lost: string[]): Promise<Part[]> {
  const parts: Part[] = [];
  const seen = new Set<string>();
  for (const { id: input, name, package: pack, url = null } of listOf(inputs).filter(isKept)) {
    const bytes = await record(bytesKey(id, input));
    if (isBytes(bytes) && !seen.has(input)) parts.push({ kept: { id: input, name, package: pack, url }, bytes });
    else lost.push(`${name} was not kept whole, and has to be added again.`);
    seen.add(input);
  }
  return parts;
}

/** What can be taken back, where it is whole. */
async function beforeOf(id: string, value: unknown): Promise<Last['before']> {
  const { step, inputs, settings, run } = (value ?? {}) as Record<string, unknown>;
  if (typeof step !== 'string') return null;
  const lost: string[] = [];
  const parts = await partsOf(id, inputs, lost);
  return lost.length > 0 ? null : { step, inputs: parts, settings: rightSettings(settings).settings, run: rightRun(run) };
}

/** The keys of bytes that are there, by work, so that a record whose bytes are there is written without a question:
 * a page that is being closed has no time for answers. */
const bytesThere = new Map<string, Set<string>>();

/** Keeps a work. What is written last is the record, so that whenever the page is closed, what it names is there. */
export async function save(id: string, saved: Saved): Promise<void> {
  const known = bytesThere.get(id) ?? new Set(await bytesOf(id));
  const there = new Set(known);
  for (const { kept, bytes } of [...saved.inputs, ...(saved.before?.inputs ?? [])]) {
    const key = bytesKey(id, kept.id);
    if (there.delete(key)) continue;
    await set(key, bytes, store);
    known.add(key);
  }
  const plain = ({ inputs, settings, run }: State) => ({ inputs: inputs.map(({ kept }) => kept), settings, run });
  const before = saved.before && { ...plain(saved.before), step: saved.before.step };
  await set(WORK + id, { ...plain(saved), before, when: Date.now() }, store);
  for (const key of there) known.delete(key);
  bytesThere.set(id, known);
  if (there.size > 0) await delMany([...there], store);
}

export async function remove(id: string): Promise<void> {
  bytesThere.delete(id);
  await delMany([WORK + id, ...(await bytesOf(id))], store);
}

/** Whether there is no room in the storage. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

/** Why something was not kept, in words: a browser says little. */
export async function reason(error: unknown): Promise<string> {
  if (!isFull(error)) return messageOf(error);
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate()) ?? {};
  const told = quota > 0 ? `, which gives this site ${sizeOf(quota)} and has ${sizeOf(usage)} of it in use` : '';
  return `there is no room in the browser's storage${told}`;
}
