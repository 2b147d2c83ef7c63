// One answer about a recipe, asked for once and kept until the recipe is another: how its inputs
// connect, or what `inspect` says about all of them composed.

import type { Outcome, Problem } from './problem';
import type { Recipe } from './recipe';

export class Lookup<T> {
  #ask: (recipe: Recipe) => Promise<Outcome<T>>;
  #key: string | null = null;

  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The recipe that the value or the problem belongs to. */
  of = $state.raw<Recipe | null>(null);
  waiting = $state(false);

  constructor(ask: (recipe: Recipe) => Promise<Outcome<T>>) {
    this.#ask = ask;
  }

  async look(recipe: Recipe): Promise<void> {
    if (this.#key === recipe.key) return;
    this.#key = recipe.key;
    this.waiting = true;
    const outcome = await this.#ask(recipe);
    if (this.#key !== recipe.key) return;
    this.waiting = false;
    this.value = 'value' in outcome ? outcome.value : null;
    this.problem = 'problem' in outcome ? outcome.problem : null;
    this.of = recipe;
  }

  clear(): void {
    this.#key = null;
    this.waiting = false;
    this.value = null;
    this.problem = null;
    this.of = null;
  }
}
