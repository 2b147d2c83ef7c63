// What is to be fused, and how. Each has a key: equal keys, equal results.

import type { WacSource } from 'meld-fuser';
import type { Source } from './fuser';
import type { KeptSettings } from './settings.svelte';

/** Inputs in their order, and the document that composes them, if any. */
export interface Recipe {
  key: string;
  inputs: Source[];
  wac: WacSource | null;
}

/** A recipe with the options of fusing. */
export interface Order {
  key: string;
  recipe: Recipe;
  output: KeptSettings['output'];
  names: boolean;
}

export function recipe(inputs: Source[], wac: WacSource | null): Recipe {
  const named = inputs.map(({ id, name, package: pack }) => [id, name, pack]);
  return { key: JSON.stringify([named, wac && [wac.name, wac.text]]), inputs, wac };
}

export function order(recipe: Recipe, output: Order['output'], names: boolean): Order {
  return { key: JSON.stringify([recipe.key, output, names]), recipe, output, names };
}
