// What each function of a result was. In: the bytes of a result with `meld:provenance`. Out: for each function that
// it defines, the input's module and function, or what it was made for. docs/PROVENANCE.md is what this reads.

import { coreModules, customSection } from './binary';

/** What a function of the result was. */
export type Origin =
  /** `module` in `Origins.modules`, `index` in that module's function index space, `instance` by its label. */
  | { module: number; index: number; instance: string }
  /** Made by fusing, and what for. */
  | { generated: string };

export interface Origins {
  /** Which of the result's core modules has the functions, in the order of the binary. */
  result: number;
  /** Of its functions that are not imported, in order. */
  functions: Origin[];
  /** `offset`: where the module begins in its input's binary. No input: one that meld puts under the inputs. */
  modules: { input: number | null; added: string | null; offset: number }[];
}

interface Provenance {
  modules: { input?: number; added?: string; offset: number }[];
  instances: { name: string; module: number }[];
  functions: { count: number; origins: string; generated: string[] };
}

/** Null where the result does not say. */
export function originsOf(bytes: Uint8Array): Origins | null {
  for (const [result, module] of coreModules(bytes).entries()) {
    const section = customSection(bytes, module, 'meld:provenance');
    if (section) return read(JSON.parse(new TextDecoder().decode(section)) as Provenance, result);
  }
  return null;
}

function read({ modules, instances, functions: { origins, generated } }: Provenance, result: number): Origins {
  const before = new Map<number, number>();
  let source = 0;
  const functions: Origin[] = [];
  for (const [sourceStep, indexStep] of pairs(numbers(origins))) {
    source += sourceStep;
    const index = (before.get(source) ?? 0) + indexStep;
    before.set(source, index);
    const instance = instances[source - 1];
    functions.push(instance ? { module: instance.module, index, instance: instance.name } : { generated: generated[index] ?? '' });
  }
  return { result, functions, modules: modules.map(({ input = null, added = null, offset }) => ({ input, added, offset })) };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Numbers as source maps have them: base 64 VLQ. */
function* numbers(text: string): Generator<number> {
  let number = 0;
  let scale = 1;
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    number += (digit & 31) * scale;
    if (digit & 32) {
      scale *= 32;
      continue;
    }
    yield number % 2 === 0 ? number / 2 : -(number - 1) / 2;
    [number, scale] = [0, 1];
  }
}

function* pairs(all: Iterable<number>): Generator<[number, number]> {
  let first: number | null = null;
  for (const number of all) {
    if (first === null) {
      first = number;
      continue;
    }
    yield [first, number];
    first = null;
  }
}
