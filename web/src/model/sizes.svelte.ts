// What the bytes of the inputs and of a result are spent on. In: a result. Out: bytes by section
// before and after, and a few counts. The outlines themselves are the listing's job.

import { outline } from '../listing/listing';
import type { Result } from './fusing.svelte';
import { messageOf } from './problem';
import type { Work } from './work.svelte';

export interface SectionChange {
  kind: string;
  before: number;
  after: number;
}

export interface Sizes {
  sections: SectionChange[];
  /** Those of all inputs, each counted once. */
  before: Counts;
  after: Counts;
}

interface Counts {
  bytes: number;
  modules: number;
  functions: number;
  memories: number;
}

type Outline = Awaited<ReturnType<typeof outline>>;

function counts(outlines: Outline[]): Counts {
  const sum = (of: (outline: Outline) => number) => outlines.reduce((total, one) => total + of(one), 0);
  return {
    bytes: sum(({ bytes }) => bytes),
    modules: sum(({ modules }) => modules.length),
    functions: sum(({ functions }) => functions),
    // An imported memory is another module's own.
    memories: sum(({ modules }) => modules.flatMap(({ memories }) => memories.filter(({ imported }) => !imported)).length),
  };
}

async function sizesOf(work: Work, result: Result): Promise<Sizes> {
  const binaries = await Promise.all(result.order.recipe.inputs.map((source) => work.binary(source)));
  const inputs = binaries.map((outcome) => {
    if ('problem' in outcome) throw new Error(outcome.problem.message);
    return outcome.value;
  });
  const [after, ...before] = await Promise.all([result.bytes, ...inputs].map((bytes) => outline(bytes)));
  if (!after) throw new Error('the result has no outline');
  const kinds = new Map<string, SectionChange>();
  const add = (outlines: Outline[], side: 'before' | 'after') => {
    for (const { kind, bytes } of outlines.flatMap(({ sections }) => sections)) {
      const change = kinds.get(kind) ?? { kind, before: 0, after: 0 };
      change[side] += bytes;
      kinds.set(kind, change);
    }
  };
  add(before, 'before');
  add([after], 'after');
  const sections = [...kinds.values()].sort((a, b) => Math.max(b.before, b.after) - Math.max(a.before, a.after));
  return { sections, before: counts(before), after: counts([after]) };
}

/** The sizes of the last result asked for. */
export class SizesOf {
  #result: Result | null = null;
  value = $state.raw<Sizes | null>(null);
  problem = $state('');

  async look(work: Work, result: Result): Promise<void> {
    if (this.#result === result) return;
    this.#result = result;
    try {
      const value = await sizesOf(work, result);
      if (this.#result !== result) return;
      this.value = value;
      this.problem = '';
    } catch (error) {
      if (this.#result === result) this.problem = messageOf(error);
    }
  }
}
