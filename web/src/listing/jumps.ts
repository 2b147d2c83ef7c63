// Where one can jump to. In: the places of a listing, and what was typed. Out: what fits, the best
// first.

import { bytes, count, plural } from '../model/format';
import type { Memory, Places } from './listing';
import { titleOf } from './types';

export interface Jump {
  title: string;
  detail: string;
  line: number;
}

export function jumps({ modules, memories, functions }: Places): Jump[] {
  const moduleTitle = (number: number) => {
    const name = modules.find(({ module }) => module === number)?.name;
    return name ? `module ${name}` : `module ${number}`;
  };
  const titles = new Map(modules.map(({ module }) => [module, moduleTitle(module)]));
  const within = (module: number) => (modules.length > 1 ? [titles.get(module) ?? moduleTitle(module)] : []);
  return [
    ...modules.map(({ module, line, bytes: size }) => ({ title: moduleTitle(module), detail: bytes(size), line })),
    ...memories.map(({ module, index, line, memory }) => ({
      title: `memory ${index}`,
      detail: [...within(module), limits(memory)].join(', '),
      line,
    })),
    ...functions.map((place) => {
      const [module, index, name, line, size] = place;
      return { title: titleOf(place), detail: [...within(module), ...(name ? [`func ${index}`] : []), bytes(size)].join(', '), line };
    }),
  ];
}

function limits({ imported, minimum, maximum }: Memory): string {
  const pages = maximum === null ? `${plural(minimum, 'page')} or more` : `${count(minimum)} to ${plural(maximum, 'page')}`;
  return imported ? `imported, ${pages}` : pages;
}

/** The first `most` of what fits, and how many fit. A number is a line. */
export function fitting(all: Jump[], lines: number, typed: string, most: number): { shown: Jump[]; total: number } {
  const wanted = typed.trim().toLowerCase();
  const line = /^\d+$/.test(wanted) ? Number(wanted) : 0;
  const toLine = line >= 1 && line <= lines ? [{ title: `Line ${count(line)}`, detail: '', line: line - 1 }] : [];
  const ranks: Jump[][] = [toLine, [], [], []];
  for (const jump of all) {
    const title = jump.title.toLowerCase();
    const rank = title === wanted || (line > 0 && title === `func ${wanted}`) ? 1 : title.startsWith(wanted) ? 2 : title.includes(wanted) ? 3 : null;
    if (rank !== null) ranks[rank]?.push(jump);
  }
  const found = ranks.flat();
  return { shown: found.slice(0, most), total: found.length };
}
