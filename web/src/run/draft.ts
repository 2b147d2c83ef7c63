// What stands in a form while it is filled in, which need not be a value yet. In: a type. Out: a
// draft to begin with, and the value that a draft stands for, or what is wrong with it.

import type { Case, Resource, Type } from './types';
import type { Value } from './values';

export type Draft =
  | { kind: 'text'; type: Type & { kind: 'integer' | 'float' | 'char' | 'string' }; text: string }
  | { kind: 'bool'; type: Type; on: boolean }
  | { kind: 'bytes'; type: Type; as: 'text' | 'hex'; text: string }
  | { kind: 'list'; type: Type & { kind: 'list' }; items: Draft[] }
  | { kind: 'map'; type: Type & { kind: 'map' }; entries: { key: Draft; value: Draft }[] }
  | { kind: 'tuple'; type: Type; items: Draft[] }
  | { kind: 'record'; type: Type; fields: { name: string; draft: Draft }[] }
  /** Variants, enums, options and results: an index into `choices`. */
  | { kind: 'choice'; type: ChoiceType; index: number; payload: Draft | null }
  | { kind: 'flags'; type: Type; flags: { name: string; on: boolean }[] }
  /** The name of a handle, or empty. */
  | { kind: 'handle'; type: Type; resource: Resource; name: string };

/** A draft that is no value yet. The message says what is expected. */
export class Problem extends Error {}

export type ChoiceType = Type & { kind: 'variant' | 'enum' | 'option' | 'result' };

/** What there is to choose among; an option's first is `none`. */
export function choices(type: ChoiceType): Case[] {
  switch (type.kind) {
    case 'variant':
      return type.cases;
    case 'enum':
      return type.names.map((name) => ({ name, type: null }));
    case 'option':
      return [{ name: 'none', type: null }, { name: 'some', type: type.some }];
    case 'result':
      return [{ name: 'ok', type: type.ok }, { name: 'err', type: type.err }];
  }
}

export function initial(type: Type): Draft {
  switch (type.kind) {
    case 'bool':
      return { kind: 'bool', type, on: false };
    case 'integer':
    case 'float':
      return { kind: 'text', type, text: '0' };
    case 'char':
      return { kind: 'text', type, text: 'a' };
    case 'string':
      return { kind: 'text', type, text: '' };
    case 'bytes':
      return { kind: 'bytes', type, as: 'text', text: '' };
    case 'list':
      return { kind: 'list', type, items: Array.from({ length: type.length ?? 0 }, () => initial(type.element)) };
    case 'map':
      return { kind: 'map', type, entries: [] };
    case 'tuple':
      return { kind: 'tuple', type, items: type.items.map(initial) };
    case 'record':
      return { kind: 'record', type, fields: type.fields.map((of) => ({ name: of.name, draft: initial(of.type) })) };
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return { kind: 'choice', type, index: 0, payload: payloadOf(type, 0) };
    case 'flags':
      return { kind: 'flags', type, flags: type.names.map((name) => ({ name, on: false })) };
    case 'handle':
      return { kind: 'handle', type, resource: type.resource, name: '' };
  }
}

/** What to fill in for the choice with that index. */
export function payloadOf(type: ChoiceType, index: number): Draft | null {
  const payload = choices(type)[index]?.type ?? null;
  return payload && initial(payload);
}

/** The value, or throws a `Problem`. */
export function read(draft: Draft): Value {
  switch (draft.kind) {
    case 'text':
      return scalar(draft.type, draft.text);
    case 'bool':
      return { kind: 'bool', value: draft.on };
    case 'bytes':
      return { kind: 'bytes', value: bytes(draft) };
    case 'list':
      return { kind: 'list', items: draft.items.map(read) };
    case 'map':
      return { kind: 'map', entries: draft.entries.map(({ key, value }) => [read(key), read(value)]) };
    case 'tuple':
      return { kind: 'tuple', items: draft.items.map(read) };
    case 'record':
      return { kind: 'record', fields: draft.fields.map((of) => [of.name, read(of.draft)]) };
    case 'choice':
      return choice(draft);
    case 'flags':
      return { kind: 'flags', names: draft.flags.flatMap(({ name, on }) => (on ? [name] : [])) };
    case 'handle': {
      const { name, resource } = draft;
      if (name === '') throw new Problem(`a ${resource.name} is needed: call a function that makes one`);
      return { kind: 'handle', name, resource: resource.name };
    }
  }
}

/** What is wrong with a draft, or null. */
export function problemOf(draft: Draft): string | null {
  return problemIn(() => read(draft));
}

/** The message of the `Problem` that reading something throws, or null. */
export function problemIn(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

function choice({ type, index, payload: draft }: Draft & { kind: 'choice' }): Value {
  const name = choices(type)[index]?.name;
  if (name === undefined) throw new Problem('a choice is needed');
  const payload = draft && read(draft);
  switch (type.kind) {
    case 'variant':
      return { kind: 'variant', name, payload };
    case 'enum':
      return { kind: 'enum', name };
    case 'option':
      return { kind: 'option', some: payload };
    case 'result':
      return { kind: 'result', ok: name === 'ok', payload };
  }
}

function scalar(type: (Draft & { kind: 'text' })['type'], text: string): Value {
  switch (type.kind) {
    case 'integer':
      return { kind: 'integer', value: integer(type, text) };
    case 'float':
      return { kind: 'float', bits: type.bits, value: float(type.bits, text) };
    case 'char':
      return { kind: 'char', value: char(text) };
    case 'string':
      return { kind: 'string', value: text };
  }
}

function integer({ name, min, max }: Type & { kind: 'integer' }, text: string): bigint {
  const match = /^(-?)(\d+|0x[0-9a-f]+)$/i.exec(text.trim());
  const value = match ? BigInt(match[2] ?? '') * (match[1] ? -1n : 1n) : null;
  if (value === null || value < min || value > max) {
    throw new Problem(`${min < 0n ? 'an' : 'a'} ${name} is a whole number from ${min} to ${max}`);
  }
  return value;
}

const NAMED_FLOATS = new Map([['nan', NaN], ['inf', Infinity], ['+inf', Infinity], ['-inf', -Infinity]]);

function float(bits: 32 | 64, text: string): number {
  const named = NAMED_FLOATS.get(text.trim().toLowerCase());
  if (named !== undefined) return named;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())) {
    throw new Problem(`an f${bits} is a number as 1.5 or 2e-3, or nan, inf or -inf`);
  }
  return bits === 32 ? Math.fround(Number(text)) : Number(text);
}

const ESCAPES = new Map([['\\n', '\n'], ['\\r', '\r'], ['\\t', '\t'], ['\\\\', '\\']]);

function char(text: string): string {
  const escaped = ESCAPES.get(text);
  if (escaped !== undefined) return escaped;
  const code = /^\\u\{([0-9a-f]{1,6})\}$/i.exec(text)?.[1];
  const value = code === undefined ? text : character(Number.parseInt(code, 16));
  if (Array.from(value).length !== 1 || /\p{Cs}/u.test(value)) {
    throw new Problem('a char is one Unicode scalar value: a character, or as \\n or \\u{1f41f}');
  }
  return value;
}

function character(code: number): string {
  return code > 0x10ffff ? '' : String.fromCodePoint(code);
}

function bytes({ as: form, text }: Draft & { kind: 'bytes' }): Uint8Array {
  if (form === 'text') return new TextEncoder().encode(text);
  const digits = text.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Problem('two hexadecimal digits for each byte, as 00 7f ff');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
