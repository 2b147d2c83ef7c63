// Values as text, the other way round: WAVE (WebAssembly Value Encoding), as `print.ts` writes it and wasm-tools and
// wasmtime read it. In: types and a line. Out: drafts of the types, for the form; or a `Problem` that says where. Not its
// job: whether a number fits its type, which the form says of what stands in it.

import { choices, initial, Problem, type ChoiceType, type Draft } from './draft';
import type { Type } from './types';

/** The arguments of a call, in parentheses. */
export function readArguments(types: Type[], text: string): Draft[] {
  const reader = new Reader(text);
  const drafts = reader.items('(', ')', types);
  reader.end();
  return drafts;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };
const LABEL = /%?[a-z][a-z0-9]*(?:-[a-z0-9]+)*/iy;
const NUMBER = /-?(?:inf\b|nan\b|\d+(?:\.\d+)?(?:e[+-]?\d+)?)/iy;
const SPACE = /(?:\s|\/\/[^\n]*)*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong('the end');
  }

  /** One value of each type. */
  items(open: string, close: string, types: Type[]): Draft[] {
    this.#expect(open);
    const drafts = types.map((type, at) => {
      if (at > 0) this.#expect(',');
      return this.#value(type);
    });
    this.#take(',');
    this.#expect(close);
    return drafts;
  }

  #value(type: Type): Draft {
    const draft = initial(type);
    switch (draft.kind) {
      case 'bool':
        return { ...draft, on: this.#word(['true', 'false'], 'true or false') === 'true' };
      case 'text':
        return { ...draft, text: this.#scalar(draft.type) };
      case 'bytes':
        return { ...draft, as: 'hex', text: this.#list(() => this.#byte()).join(' ') };
      case 'list': {
        const { element, length } = draft.type;
        const items = this.#list(() => this.#value(element));
        if (length !== null && items.length !== length) throw this.#wrong(`a list of ${length}`);
        return { ...draft, items };
      }
      case 'map':
        return { ...draft, entries: this.#map(draft.type) };
      case 'tuple':
        return { ...draft, items: this.items('(', ')', draft.items.map((item) => item.type)) };
      case 'record':
        return { ...draft, fields: this.#record(draft.fields) };
      case 'flags': {
        const on = this.#between('{', '}', () => this.#word(draft.flags.map(({ name }) => name), 'a flag'));
        return { ...draft, flags: draft.flags.map(({ name }) => ({ name, on: on.includes(name) })) };
      }
      case 'choice':
        return this.#choice(draft.type);
      case 'handle': {
        this.#expect('<');
        const from = this.#at;
        const to = this.#text.indexOf('>', from);
        if (to < 0) throw this.#wrong('the name of a handle and >');
        this.#at = to + 1;
        return { ...draft, name: this.#text.slice(from, to) };
      }
    }
  }

  #scalar(type: Type & { kind: 'integer' | 'float' | 'char' | 'string' }): string {
    if (type.kind === 'string') return this.#quoted('"', 'a string');
    if (type.kind === 'char') return this.#quoted("'", 'a char');
    const number = this.#match(NUMBER);
    if (number === null) throw this.#wrong('a number');
    return number;
  }

  #byte(): string {
    const text = this.#match(/\d+/y);
    const byte = Number(text);
    if (text === null || byte > 255) throw this.#wrong('a number from 0 to 255');
    return byte.toString(16).padStart(2, '0');
  }

  #quoted(quote: string, what: string): string {
    this.#space();
    if (this.#text[this.#at] !== quote) throw this.#wrong(what);
    this.#at += 1;
    let value = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw this.#wrong(quote);
      this.#at += 1;
      if (char === quote) return value;
      value += char === '\\' ? this.#escape() : char;
    }
  }

  #escape(): string {
    const char = this.#text[this.#at] ?? '';
    const code = /u\{([0-9a-f]{1,6})\}/iy;
    code.lastIndex = this.#at;
    const scalar = code.exec(this.#text)?.[1];
    const value = scalar === undefined ? ESCAPES[char] : scalarOf(scalar);
    if (value === undefined) throw this.#wrong('an escape');
    this.#at = scalar === undefined ? this.#at + 1 : code.lastIndex;
    return value;
  }

  #map(type: Type & { kind: 'map' }): { key: Draft; value: Draft }[] {
    if (this.#match(/\{\s*:\s*\}/y) !== null) return [];
    return this.#between('{', '}', () => {
      const key = this.#value(type.key);
      this.#expect(':');
      return { key, value: this.#value(type.value) };
    });
  }

  /** A field that is an option may be missing: it is none. */
  #record(fields: { name: string; draft: Draft }[]): { name: string; draft: Draft }[] {
    const said = new Map<string, Draft>();
    if (this.#match(/\{\s*:\s*\}/y) === null) {
      this.#between('{', '}', () => {
        const name = this.#word(fields.map((field) => field.name).filter((one) => !said.has(one)), 'a field');
        this.#expect(':');
        const field = fields.find((one) => one.name === name);
        if (field) said.set(name, this.#value(field.draft.type));
      });
    }
    return fields.map(({ name, draft }) => {
      const given = said.get(name);
      if (!given && draft.type.kind !== 'option') throw this.#wrong(`the field ${name}`);
      return { name, draft: given ?? draft };
    });
  }

  /** What stands for the payload of `some` and `ok` alone is that, where no label could be meant. */
  #choice(type: ChoiceType): Draft {
    const cases = choices(type);
    const start = this.#at;
    const name = this.#match(LABEL);
    const at = cases.findIndex((one) => one.name === name?.replace(/^%/, ''));
    if (at >= 0 && this.#isLabelOf(type, name ?? '')) {
      const of = cases[at]?.type ?? null;
      if (of === null) return { kind: 'choice', type, index: at, payload: null };
      // `ok` and `err` alone are these without a payload only where there is none.
      return { kind: 'choice', type, index: at, payload: this.items('(', ')', [of])[0] ?? null };
    }
    this.#at = start;
    const bare = cases.findIndex((one) => one.name === (type.kind === 'option' ? 'some' : 'ok'));
    const of = cases[bare]?.type ?? null;
    const flat = (type.kind === 'option' || type.kind === 'result') && of !== null && of.kind !== 'option' && of.kind !== 'result';
    if (!flat) throw this.#wrong(cases.map((one) => one.name).join(', '));
    return { kind: 'choice', type, index: bare, payload: this.#value(of) };
  }

  /** With `%` a label is none of the words of options and results, but one that the payload may have. */
  #isLabelOf(type: ChoiceType, name: string): boolean {
    return !name.startsWith('%') || type.kind === 'variant' || type.kind === 'enum';
  }

  #list<T>(item: () => T): T[] {
    return this.#between('[', ']', item);
  }

  #between<T>(open: string, close: string, item: () => T): T[] {
    this.#expect(open);
    const items: T[] = [];
    while (!this.#take(close)) {
      if (items.length > 0) {
        this.#expect(',');
        if (this.#take(close)) break;
      }
      items.push(item());
    }
    return items;
  }

  #word(among: string[], what: string): string {
    const start = this.#at;
    const word = this.#match(LABEL)?.replace(/^%/, '');
    if (word !== undefined && among.includes(word)) return word;
    this.#at = start;
    throw this.#wrong(among.length > 0 && among.length <= 8 ? `${what}: ${among.join(', ')}` : what);
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #match(pattern: RegExp): string | null {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #take(char: string): boolean {
    this.#space();
    const is = this.#text.startsWith(char, this.#at);
    if (is) this.#at += char.length;
    return is;
  }

  #expect(char: string): void {
    if (!this.#take(char)) throw this.#wrong(char);
  }

  #wrong(expected: string): Problem {
    this.#space();
    const rest = this.#text.slice(this.#at, this.#at + 20);
    const here = rest === '' ? 'at the end' : `at “${rest}”`;
    return new Problem(`${here}, ${expected} is expected`);
  }
}

function scalarOf(digits: string): string | undefined {
  const code = Number.parseInt(digits, 16);
  const isScalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isScalar ? String.fromCodePoint(code) : undefined;
}
