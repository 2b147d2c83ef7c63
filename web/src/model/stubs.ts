// What can be stubbed, and what is. In: what `inspect` tells of inputs composed without stubs, and the patterns
// that the user gave. Out: rows to check. Not its job: whether the fuser takes them.

import { interfaceId, worldOf, type WitResolve } from '../run/wit';
import type { Document } from './document';

export interface StubRow {
  /** An import's name, or a pattern that is none. */
  name: string;
  stubbed: boolean;
  /** The pattern that stubs it along with others. */
  by: string | null;
  /** Nothing that can run calls it. */
  unreached: boolean;
  /** Of a pattern, how many imports it names; null for an import, and where those are not known. */
  covers: number | null;
}

/** A pattern is a name, or how names begin with `*` behind it. */
export function covers(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** The names of all that a component imports and that can be stubbed. */
export function importsOf({ resolve, items }: Document): string[] {
  // Where WIT cannot tell them: `import NAME: TYPE`, perhaps with attributes behind the name.
  if (!resolve) return (items ?? []).flatMap((item) => /^import (\S+?):? /.exec(item)?.[1] ?? []);
  const wit = resolve as WitResolve;
  return Object.entries(worldOf(wit).imports).flatMap(([key, item]) => {
    if ('type' in item) return [];
    // An interface that is imported under a name of its own has that for its key.
    if ('function' in item || key !== `interface-${item.interface.id}`) return [key];
    const of = wit.interfaces[item.interface.id];
    return (of && interfaceId(wit, of)) ?? [];
  });
}

/** The patterns that are no import's name, and then the imports. `imports`: null where they are not known. */
export function stubRows(patterns: readonly string[], imports: readonly string[] | null, unreached: readonly string[]): StubRow[] {
  const names = imports ?? [];
  const wide = [...new Set(patterns)].filter((pattern) => !names.includes(pattern));
  const row = { unreached: false, by: null, covers: null };
  return [
    ...wide.map((name) => ({
      ...row,
      name,
      stubbed: true,
      covers: imports && names.filter((one) => covers(name, one)).length,
    })),
    ...names.map((name) => {
      const by = wide.find((pattern) => covers(pattern, name)) ?? null;
      return { ...row, name, by, stubbed: by !== null || patterns.includes(name), unreached: unreached.includes(name) };
    }),
  ];
}
