// What a function in one text is in the other. In: a function's place in an input's text or in the result's, and what
// each function of the result was. Out: the function's counterparts. Not its job: showing them.

import type { Origin, Origins } from '../model/origins';
import type { FunctionPlace } from './types';

export interface Became {
  /** In the result's text. */
  place: FunctionPlace;
  /** The instance in which it has become that. */
  instance: string;
}

export class Counterparts {
  #origins: Origins;
  /** How many functions the result's module imports. */
  #imported: number;
  #became = new Map<string, Became[]>();

  /** `functions`: those of the result's text. */
  constructor(origins: Origins, functions: FunctionPlace[]) {
    this.#origins = origins;
    const defined = functions.filter(([module]) => module === origins.result);
    this.#imported = defined[0]?.[1] ?? 0;
    for (const place of defined) {
      const origin = this.was(place);
      if (!origin || !('module' in origin)) continue;
      const module = this.moduleOf(origin);
      if (!module) continue;
      const key = keyOf(module.input, module.offset, origin.index);
      const known = this.#became.get(key) ?? [];
      known.push({ place, instance: origin.instance });
      this.#became.set(key, known);
    }
  }

  /** What a function of the result was. Null outside of the module that has the functions. */
  was([module, index]: FunctionPlace): Origin | null {
    return module === this.#origins.result ? (this.#origins.functions[index - this.#imported] ?? null) : null;
  }

  moduleOf({ module }: Extract<Origin, { module: number }>): Origins['modules'][number] | undefined {
    return this.#origins.modules[module];
  }

  /** What the function of an input has become; `offset` is that of its module. */
  became(input: number, offset: number, index: number): Became[] {
    return this.#became.get(keyOf(input, offset, index)) ?? [];
  }
}

const keyOf = (input: number | null, offset: number, index: number) => `${input} ${offset} ${index}`;

/** The last function that begins at or before a line: the only one that the line can belong to. */
export function functionBefore(functions: FunctionPlace[], line: number): FunctionPlace | null {
  let [low, high] = [0, functions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((functions[middle]?.[3] ?? Infinity) <= line) low = middle + 1;
    else high = middle;
  }
  return functions[low - 1] ?? null;
}

/** Whether the last of these lines belongs to the function that begins on the first, by their indentation. */
export function isWithin(lines: string[]): boolean {
  const [first = '', ...rest] = lines;
  const depth = (line: string) => line.length - line.trimStart().length;
  const behind = rest.findIndex((line) => depth(line) <= depth(first));
  return behind < 0 || (behind === rest.length - 1 && rest[behind]?.trim() === ')');
}
