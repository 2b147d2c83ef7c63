// Values and calls as text, in WAVE (WebAssembly Value Encoding), which wasm-tools and wasmtime
// read. In: a value. Out: one line. A handle, which WAVE cannot write, is its name in angle brackets.

import type { Value } from './values';

const KEYWORDS = new Set(['true', 'false', 'inf', 'nan', 'some', 'none', 'ok', 'err']);

/** Control characters, ends of lines, what is no character, and what turns the direction of writing. */
const INVISIBLE = /[\p{Cc}\p{Cn}\p{Co}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

export function print(value: Value): string {
  switch (value.kind) {
    case 'bool':
    case 'integer':
      return String(value.value);
    case 'float':
      return float(value.value, value.bits);
    case 'char':
      return quoted(value.value, "'");
    case 'string':
      return quoted(value.value, '"');
    case 'bytes':
      return `[${value.value.join(', ')}]`;
    case 'list':
      return `[${value.items.map(print).join(', ')}]`;
    case 'map':
      return value.entries.length === 0
        ? '{:}'
        : `{${value.entries.map(([key, of]) => `${print(key)}: ${print(of)}`).join(', ')}}`;
    case 'tuple':
      return `(${value.items.map(print).join(', ')})`;
    case 'record':
      return `{${value.fields.map(([name, of]) => `${name}: ${print(of)}`).join(', ')}}`;
    case 'variant':
      return `${label(value.name)}${payload(value.payload)}`;
    case 'enum':
      return label(value.name);
    case 'option':
      return value.some === null ? 'none' : `some(${print(value.some)})`;
    case 'result':
      return `${value.ok ? 'ok' : 'err'}${payload(value.payload)}`;
    case 'flags':
      return `{${value.names.join(', ')}}`;
    case 'handle':
      return `<${value.name}>`;
  }
}

function payload(value: Value | null): string {
  return value === null ? '' : `(${print(value)})`;
}

function label(name: string): string {
  return KEYWORDS.has(name) ? `%${name}` : name;
}

function float(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0';
  return bits === 64 ? String(value) : shortest(value);
}

/** The fewest digits that are still this f32: not 0.10000000149011612, but 0.1. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function quoted(text: string, quote: string): string {
  const escaped = Array.from(text, (char) => {
    if (char === quote || char === '\\') return `\\${char}`;
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    return INVISIBLE.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char;
  });
  return `${quote}${escaped.join('')}${quote}`;
}
