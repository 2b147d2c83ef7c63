// Values of WIT types, independent of JavaScript's way to hold them, and to and from jco's way.
// In: a type with a value, or with what jco's code took or gave. Out: the other of the two.

import { lowerCamel } from './names';
import type { Resource, Type } from './types';

export type Value =
  | { kind: 'bool'; value: boolean }
  | { kind: 'integer'; value: bigint }
  | { kind: 'float'; bits: 32 | 64; value: number }
  | { kind: 'char'; value: string }
  | { kind: 'string'; value: string }
  | { kind: 'bytes'; value: Uint8Array }
  | { kind: 'list'; items: Value[] }
  | { kind: 'map'; entries: [Value, Value][] }
  | { kind: 'tuple'; items: Value[] }
  | { kind: 'record'; fields: [string, Value][] }
  | { kind: 'variant'; name: string; payload: Value | null }
  | { kind: 'enum'; name: string }
  | { kind: 'option'; some: Value | null }
  | { kind: 'result'; ok: boolean; payload: Value | null }
  | { kind: 'flags'; names: string[] }
  /** A handle goes by the name under which the worker keeps it. */
  | { kind: 'handle'; name: string; resource: string };

/** Where handles are kept while values of them are shown and typed. */
export interface Handles {
  take(name: string, type: Type & { kind: 'handle' }): object;
  keep(handle: object, resource: Resource): string;
}

/** A value that does not have the type that it should: ours on the way in, jco's on the way out. */
export class Mismatch extends Error {}

export function toJs(type: Type, value: Value, handles: Handles): unknown {
  const give = (of: Type, what: Value): unknown => toJs(of, what, handles);
  switch (value.kind) {
    case 'bool':
    case 'char':
    case 'string':
    case 'float':
    case 'bytes':
      expect(type, value.kind);
      return value.value;
    case 'integer':
      expect(type, 'integer');
      return isBig(type) ? value.value : Number(value.value);
    case 'list': {
      const { element } = expect(type, 'list');
      return typedArray(element, value.items.map((item) => give(element, item)));
    }
    case 'map': {
      const { key, value: of } = expect(type, 'map');
      return new Map(value.entries.map(([name, what]) => [give(key, name), give(of, what)]));
    }
    case 'tuple':
      return zip(expect(type, 'tuple').items, value.items).map(([of, item]) => give(of, item));
    case 'record': {
      const fields = zip(expect(type, 'record').fields, value.fields);
      return Object.fromEntries(fields.map(([of, [, what]]) => [lowerCamel(of.name), give(of.type, what)]));
    }
    case 'variant': {
      const of = find(expect(type, 'variant').cases, value.name);
      if (of.type === null || value.payload === null) return { tag: value.name };
      return { tag: value.name, val: give(of.type, value.payload) };
    }
    case 'enum':
      expect(type, 'enum');
      return value.name;
    case 'option': {
      const { some } = expect(type, 'option');
      if (isNullable(some)) {
        return value.some === null ? { tag: 'none' } : { tag: 'some', val: give(some, value.some) };
      }
      return value.some === null ? undefined : give(some, value.some);
    }
    case 'result': {
      const of = expect(type, 'result')[value.ok ? 'ok' : 'err'];
      const tag = value.ok ? 'ok' : 'err';
      return of === null || value.payload === null ? { tag, val: undefined } : { tag, val: give(of, value.payload) };
    }
    case 'flags': {
      const { names } = expect(type, 'flags');
      return Object.fromEntries(names.map((name) => [lowerCamel(name), value.names.includes(name)]));
    }
    case 'handle':
      return handles.take(value.name, expect(type, 'handle'));
  }
}

export function fromJs(type: Type, js: unknown, handles: Handles): Value {
  const get = (of: Type, what: unknown): Value => fromJs(of, what, handles);
  switch (type.kind) {
    case 'bool':
      if (typeof js !== 'boolean') throw odd('a boolean', js);
      return { kind: 'bool', value: js };
    case 'integer':
      if (typeof js !== (isBig(type) ? 'bigint' : 'number')) throw odd(`a ${type.name}`, js);
      return { kind: 'integer', value: BigInt(js as number | bigint) };
    case 'float':
      if (typeof js !== 'number') throw odd('a number', js);
      return { kind: 'float', bits: type.bits, value: js };
    case 'char':
    case 'string':
      if (typeof js !== 'string') throw odd('a string', js);
      return { kind: type.kind, value: js };
    case 'bytes':
      if (!(js instanceof Uint8Array)) throw odd('a Uint8Array', js);
      return { kind: 'bytes', value: js.slice() };
    case 'list':
      return { kind: 'list', items: items(js).map((item) => get(type.element, item)) };
    case 'map': {
      if (!(js instanceof Map)) throw odd('a Map', js);
      return { kind: 'map', entries: [...js].map(([key, value]) => [get(type.key, key), get(type.value, value)]) };
    }
    case 'tuple':
      return { kind: 'tuple', items: zip(type.items, items(js)).map(([of, item]) => get(of, item)) };
    case 'record': {
      const of = members(js);
      return { kind: 'record', fields: type.fields.map((field) => [field.name, get(field.type, of[lowerCamel(field.name)])]) };
    }
    case 'variant': {
      const { tag, val } = members(js);
      const of = find(type.cases, tag);
      return { kind: 'variant', name: of.name, payload: of.type === null ? null : get(of.type, val) };
    }
    case 'enum':
      if (typeof js !== 'string' || !type.names.includes(js)) throw odd('a case of the enum', js);
      return { kind: 'enum', name: js };
    case 'option': {
      if (!isNullable(type.some)) return { kind: 'option', some: js === undefined ? null : get(type.some, js) };
      const { tag, val } = members(js);
      if (tag !== 'some' && tag !== 'none') throw odd('an option', js);
      return { kind: 'option', some: tag === 'none' ? null : get(type.some, val) };
    }
    case 'result': {
      const { tag, val } = members(js);
      if (tag !== 'ok' && tag !== 'err') throw odd('a result', js);
      return resultValue(type, tag === 'ok', val, handles);
    }
    case 'flags': {
      const of = members(js);
      return { kind: 'flags', names: type.names.filter((name) => of[lowerCamel(name)] === true) };
    }
    case 'handle':
      if (typeof js !== 'object' || js === null) throw odd(`a ${type.resource.name}`, js);
      return { kind: 'handle', name: handles.keep(js, type.resource), resource: type.resource.name };
  }
}

/** What a function of that result type returned (`ok`), or threw. */
export function resultValue(type: Type & { kind: 'result' }, ok: boolean, js: unknown, handles: Handles): Value {
  const of = ok ? type.ok : type.err;
  return { kind: 'result', ok, payload: of === null ? null : fromJs(of, js, handles) };
}

/** An option that jco writes as the value or `undefined`, so that an option of it needs a tag. */
function isNullable(type: Type): boolean {
  return type.kind === 'option' && !isNullable(type.some);
}

function isBig(type: Type): boolean {
  return type.kind === 'integer' && type.name.endsWith('64');
}

/** Lists of numbers are typed arrays to jco. */
function typedArray(element: Type, list: unknown[]): unknown {
  const numbers = list as number[];
  if (element.kind === 'float') return element.bits === 32 ? new Float32Array(numbers) : new Float64Array(numbers);
  if (element.kind !== 'integer') return list;
  switch (element.name) {
    case 'u8': return new Uint8Array(numbers);
    case 's8': return new Int8Array(numbers);
    case 'u16': return new Uint16Array(numbers);
    case 's16': return new Int16Array(numbers);
    case 'u32': return new Uint32Array(numbers);
    case 's32': return new Int32Array(numbers);
    case 'u64': return new BigUint64Array(list as bigint[]);
    default: return new BigInt64Array(list as bigint[]);
  }
}

function items(js: unknown): unknown[] {
  if (Array.isArray(js)) return js;
  if (ArrayBuffer.isView(js) && !(js instanceof DataView)) return [...(js as Uint8Array)];
  throw odd('an array', js);
}

function members(js: unknown): Record<string, unknown> {
  if (typeof js !== 'object' || js === null) throw odd('an object', js);
  return js as Record<string, unknown>;
}

function find<T extends { name: string }>(among: T[], name: unknown): T {
  const found = among.find((one) => one.name === name);
  if (!found) throw odd(`one of ${among.map((one) => one.name).join(', ')}`, name);
  return found;
}

function zip<A, B>(left: A[], right: B[]): [A, B][] {
  if (left.length !== right.length) throw new Mismatch(`${right.length} values instead of ${left.length}`);
  return left.map((one, index) => [one, right[index] as B]);
}

function expect<K extends Type['kind']>(type: Type, kind: K): Type & { kind: K } {
  if (type.kind !== kind) throw new Mismatch(`a ${kind} instead of a ${type.kind}`);
  return type as Type & { kind: K };
}

function odd(expected: string, js: unknown): Mismatch {
  return new Mismatch(`${js === null ? 'null' : typeof js} instead of ${expected}`);
}
