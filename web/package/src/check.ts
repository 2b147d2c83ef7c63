// Checks what a JavaScript caller hands over. In: values of any type. Out: the values that the
// interface takes, or a `TypeError` that says what is wrong; and a `MeldError` for bytes that no 32-bit
// program can take. Not its job: what bytes contain.

import { MeldError } from './error.js';
import type * as wit from './interfaces/meld-fuser-fusion.js';
import type { Composing, Input, Optimization, Options, WacSource } from './types.js';

/** The most that memory of a 32-bit program holds in one piece. */
const MAX_INPUT_BYTES = 0x7fff_ffff;

const MEMORIES: readonly string[] = ['multi', 'single'] satisfies wit.Memory[];
const OUTPUTS: readonly string[] = ['core-module', 'component'] satisfies wit.OutputKind[];
const WASI: readonly string[] = ['as-imported', 'preview1'] satisfies wit.Wasi[];
/** The optimisations, and what the interface calls each. */
export const SWITCHES = {
  'direct-calls': 'directCalls',
  'bulk-copies': 'bulkCopies',
  'elide-checks': 'elideChecks',
  'inline-handles': 'inlineHandles',
  'import-shims': 'importShims',
  unreachable: 'unreachable',
} as const satisfies Record<string, keyof wit.Optimizations>;
const NAMES = Object.keys(SWITCHES) as Optimization[];
const COMPOSING = ['wac', 'inOrder', 'stub'] satisfies (keyof Composing)[];
const OPTIONS = ['output', 'wasi', 'names', 'debugInfo', 'provenance', ...COMPOSING, 'opaqueRep', 'memory', 'reserve', 'skip', 'explain', 'signal'] satisfies (keyof Options)[];

export function inputs(value: Input | readonly Input[]): wit.Input[] {
  return Array.isArray(value)
    ? value.map((item: Input, index) => input(item, `inputs[${index}]`))
    : [input(value as Input, 'inputs')];
}

export function input(value: Input, what: string): wit.Input {
  object(value, what);
  string(value.name, `${what}.name`);
  const bytes = bytesOf(value.bytes);
  if (!isBytes(bytes)) wrong(`${what}.bytes`, 'a Uint8Array, an ArrayBuffer or a string', value.bytes);
  if (bytes.length > MAX_INPUT_BYTES) {
    const message = `the input has more bytes than a 32-bit program has in one piece, ${MAX_INPUT_BYTES}`;
    throw new MeldError({ tag: 'limit-exceeded', val: { message, input: value.name, path: [] } });
  }
  if (value.package !== undefined) string(value.package, `${what}.package`);
  const { name } = value;
  return value.package === undefined ? { name, bytes } : { name, bytes, package: value.package };
}

/** What says how to compose, and nothing beside it. */
export function onlyComposing(value: Composing): wit.Composing {
  members(value, 'composing', COMPOSING);
  return composing(value, 'composing');
}

function composing(value: Composing, what: string): wit.Composing {
  const { inOrder = false, stub = [] } = value;
  if (typeof inOrder !== 'boolean') wrong(`${what}.inOrder`, 'a boolean', inOrder);
  if (!Array.isArray(stub)) wrong(`${what}.stub`, 'an array of strings', stub);
  stub.forEach((item, index) => string(item, `${what}.stub[${index}]`));
  const checked: wit.Composing = { inOrder, stub };
  if (value.wac !== undefined) checked.wac = wac(value.wac, `${what}.wac`);
  return checked;
}

function wac(value: WacSource, what: string): wit.WacSource {
  object(value, what);
  string(value.name, `${what}.name`);
  string(value.text, `${what}.text`);
  return { name: value.name, text: value.text };
}

export function options(value: Options): { options: wit.Options; signal: AbortSignal | undefined } {
  members(value, 'options', OPTIONS);
  const { output = 'core-module', wasi = 'as-imported', names = false, debugInfo = false, provenance = false, opaqueRep = [], skip = [] } = value;
  // On WASI 0.1 there is one memory for the host to look into.
  const { memory = wasi === 'preview1' ? 'single' : 'multi', reserve = {}, explain = false, signal } = value;
  if (!OUTPUTS.includes(output)) wrong('options.output', OUTPUTS.map((kind) => `"${kind}"`).join(' or '), output);
  if (!WASI.includes(wasi)) wrong('options.wasi', WASI.map((name) => `"${name}"`).join(' or '), wasi);
  if (typeof names !== 'boolean') wrong('options.names', 'a boolean', names);
  if (typeof debugInfo !== 'boolean') wrong('options.debugInfo', 'a boolean', debugInfo);
  if (typeof provenance !== 'boolean') wrong('options.provenance', 'a boolean', provenance);
  if (!Array.isArray(opaqueRep)) wrong('options.opaqueRep', 'an array of strings', opaqueRep);
  opaqueRep.forEach((item, index) => string(item, `options.opaqueRep[${index}]`));
  if (!MEMORIES.includes(memory)) wrong('options.memory', MEMORIES.map((kind) => `"${kind}"`).join(' or '), memory);
  object(reserve, 'options.reserve');
  const reservations = Object.entries(reserve).map(([instance, bytes]) => {
    if (!Number.isSafeInteger(bytes) || bytes < 0) wrong(`options.reserve[${JSON.stringify(instance)}]`, 'a number of bytes', bytes);
    return { instance, bytes: BigInt(bytes) };
  });
  const skipped = skip === 'all' ? NAMES : skip;
  if (!Array.isArray(skipped)) wrong('options.skip', 'an array of strings or "all"', skip);
  skipped.forEach((item: unknown, index) => {
    if (!(NAMES as unknown[]).includes(item)) {
      wrong(`options.skip[${index}]`, `one of ${NAMES.join(', ')}`, item);
    }
  });
  if (typeof explain !== 'boolean') wrong('options.explain', 'a boolean', explain);
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    wrong('options.signal', 'an AbortSignal', signal);
  }
  const flags: wit.Optimizations = Object.fromEntries(skipped.map((name: Optimization) => [SWITCHES[name], true]));
  const how = composing(value, 'options');
  const checked = { output, wasi, names, debugInfo, provenance, composing: how, opaqueRep, memory, reserve: reservations, skip: flags, explain };
  return { options: checked, signal };
}

/** What `response.arrayBuffer()` gives serves as well. */
function bytesOf(value: Input['bytes']): unknown {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]' ? new Uint8Array(value as ArrayBuffer) : value;
}

/** Also an array of another realm, such as a test runner's: `instanceof` would not know it. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/** A misspelled member would change nothing, and nobody would be told. */
function members(value: object, what: string, names: readonly string[]): void {
  object(value, what);
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) {
      throw new TypeError(`${what} has no member ${JSON.stringify(name)}: its members are ${names.join(', ')}`);
    }
  }
}

function object(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) wrong(what, 'an object', value);
}

function string(value: unknown, what: string): void {
  if (typeof value !== 'string') wrong(what, 'a string', value);
}

function wrong(what: string, expected: string, value: unknown): never {
  throw new TypeError(`${what} must be ${expected}, and is ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return `of type ${value.constructor?.name ?? 'object'}`;
}
