// What is to be fused, and how. Each has a key: equal keys, equal results.

import type { Composing } from 'meld-fuser';
import type { Source } from './fuser';
import { wasiOf, type KeptSettings } from './settings.svelte';

/** Inputs in their order, and how they are composed. */
export interface Recipe {
  key: string;
  inputs: Source[];
  composing: Composing;
}

/** The options of fusing: which decide on the result, with the recipe. */
export type Fashion = Pick<KeptSettings, 'output' | 'memory' | 'reserve' | 'wasi' | 'names' | 'debugInfo' | 'provenance' | 'skip'>;

/** A recipe with the options of fusing. */
export interface Order extends Fashion {
  key: string;
  recipe: Recipe;
}

/** How so many inputs are composed. An order needs several of them, and a document takes its place. */
export function composingOf({ wac, inOrder, stub }: Pick<KeptSettings, 'wac' | 'inOrder' | 'stub'>, inputs: number): Composing {
  return { ...(wac && { wac }), inOrder: inOrder && !wac && inputs > 1, stub: [...stub] };
}

export function recipe(inputs: Source[], composing: Composing): Recipe {
  const { wac, inOrder = false, stub = [] } = composing;
  const named = inputs.map(({ id, name, package: pack }) => [id, name, pack]);
  return { key: JSON.stringify([named, wac ? [wac.name, wac.text] : null, inOrder, stub]), inputs, composing };
}

/** Whether composing does anything: a single input by itself stays as it is. */
export function isComposed({ inputs, composing: { wac, stub = [] } }: Recipe): boolean {
  return inputs.length > 1 || wac !== undefined || stub.length > 0;
}

/** The same, with nothing stubbed: what there is to stub. */
export function withoutStubs({ inputs, composing }: Recipe): Recipe {
  return recipe(inputs, { ...composing, stub: [] });
}

export function order(recipe: Recipe, { output, memory, reserve: parts, wasi: chosen, names, debugInfo, provenance, skip: skipped }: Fashion): Order {
  const wasi = wasiOf({ output, wasi: chosen });
  // Of several memories none is a part.
  const reserve = memory === 'single' ? Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1))) : {};
  const fashion: Fashion = { output, memory, reserve, wasi, names, debugInfo, provenance, skip: skipped.toSorted() };
  return { key: JSON.stringify([recipe.key, fashion]), recipe, ...fashion };
}
