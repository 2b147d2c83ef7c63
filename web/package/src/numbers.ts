// Turns 64-bit integers into numbers. In: a value of the interface. Out: the same with numbers.

import type { Numbers } from './types.js';

export function numbers<T>(value: T): Numbers<T> {
  return convert(value) as Numbers<T>;
}

function convert(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, convert(member)]));
}
