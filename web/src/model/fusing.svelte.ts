// Fusing: at most one order at a time, with its progress, and the last result. Not its job: when.

import type { Options, Step } from 'meld-fuser';
import type { Fusion } from '../workers/fuser.worker';
import type { Level } from './binaryen';
import type { Fuser } from './fuser';
import type { Problem } from './problem';
import type { Order } from './recipe';

export interface Progress {
  phase: Step['phase'];
  done: number;
  total: number;
}

export interface Result extends Fusion {
  order: Order;
  /** What Binaryen was told to do and how long that took, and the result before; null where it was not at it. */
  optimised: { level: Level; milliseconds: number; before: Result } | null;
}

export function optionsOf({ recipe, key: _, skip, ...fashion }: Order): Options {
  return { ...fashion, skip: [...skip], explain: true, ...recipe.composing };
}

export class Fusing {
  #fuser: Fuser;
  #turn = 0;
  #fusion: Promise<unknown> | null = null;

  /** What is being fused, or null. */
  running = $state.raw<Order | null>(null);
  progress = $state.raw<Progress | null>(null);
  result = $state.raw<Result | null>(null);
  problem = $state.raw<{ key: string; problem: Problem } | null>(null);
  /** The order that the user stopped. */
  stopped = $state<string | null>(null);

  constructor(fuser: Fuser) {
    this.#fuser = fuser;
  }

  /** Fuses. What was under way ends without a result. */
  async run(order: Order): Promise<void> {
    const turn = await this.#next();
    if (turn !== this.#turn) return;
    this.running = order;
    this.stopped = null;
    const fusion = this.#fuser.fuse(order.recipe.inputs, optionsOf(order), (phase, done, total) => {
      if (turn === this.#turn) this.progress = { phase, done, total };
    });
    this.#fusion = fusion;
    const outcome = await fusion;
    if (turn !== this.#turn) return;
    this.#idle();
    if ('value' in outcome) {
      this.result = { order, optimised: null, ...outcome.value };
      this.problem = null;
    } else {
      this.problem = { key: order.key, problem: outcome.problem };
    }
  }

  /** Ends what is under way because the user says so. */
  async stop(): Promise<void> {
    this.stopped = this.running?.key ?? null;
    await this.#next();
  }

  /** Ends what is under way because it is no longer asked for. */
  async drop(): Promise<void> {
    if (this.#fusion) await this.#next();
  }

  clear(): void {
    void this.drop();
    this.result = null;
    this.problem = null;
    this.stopped = null;
  }

  async #next(): Promise<number> {
    const turn = (this.#turn += 1);
    const fusion = this.#fusion;
    this.#idle();
    if (fusion) await this.#fuser.stop(fusion);
    return turn;
  }

  #idle(): void {
    this.#fusion = null;
    this.running = null;
    this.progress = null;
  }
}
