// Binaryen at a result: at its core module, which is wrapped again where the result is a component. In: a result and
// how much to do. Out: the result in its place, with what it was before. Not its job: Binaryen itself, which a worker
// loads when it is asked for.

import { wrap, type Remote } from 'comlink';
import { hash } from './hash';
import type { Level } from './binaryen';
import type { Optimised, OptimiseWorker } from '../workers/optimise.worker';
import type { Result } from './fusing.svelte';
import { pageProblem, type Outcome, type Problem } from './problem';
import type { Work } from './work.svelte';

export class Optimising {
  readonly #work: Work;
  /** Ends the run that is under way. */
  #end: (() => void) | null = null;
  /** The key of the order whose result this is about. */
  #of = $state<string | null>(null);
  #running = $state<Level | null>(null);
  #problem = $state.raw<Problem | null>(null);

  constructor(work: Work) {
    this.#work = work;
  }

  /** What is being done to the present result, and why nothing came of it. */
  get running(): Level | null {
    return this.#isPresent ? this.#running : null;
  }

  get problem(): Problem | null {
    return this.#isPresent ? this.#problem : null;
  }

  get #isPresent(): boolean {
    return this.#of === this.#work.fusing.result?.order.key;
  }

  async run(level: Level): Promise<void> {
    const { fusing } = this.#work;
    const { result } = fusing;
    if (!result) return;
    this.stop();
    const plain = result.optimised?.before ?? result;
    const stopped = new Promise<{ problem: Problem }>((resolve) => {
      this.#end = () => resolve({ problem: pageProblem('stopped') });
    });
    const end = this.#end;
    this.#of = plain.order.key;
    this.#running = level;
    const outcome = await this.#made(plain, level, stopped);
    // What was stopped is of no use.
    if (this.#end !== end) return;
    this.#end = null;
    this.#running = null;
    // Nor is what another result has come before.
    if (fusing.result !== result) return;
    if ('problem' in outcome) this.#problem = outcome.problem;
    else fusing.result = outcome.value;
  }

  /** Ends what is under way. */
  stop(): void {
    this.#end?.();
    this.#end = null;
    this.#running = null;
    this.#problem = null;
  }

  /** The result as meld made it. */
  undo(): void {
    this.stop();
    const { fusing } = this.#work;
    if (fusing.result?.optimised) fusing.result = fusing.result.optimised.before;
  }

  async #made(plain: Result, level: Level, stopped: Promise<{ problem: Problem }>): Promise<Outcome<Result>> {
    const work = this.#work;
    const isComponent = plain.order.output === 'component';
    const core = await Promise.race([work.asCore(plain), stopped]);
    if ('problem' in core) return core;
    // A module that becomes no component again is not worth the wait.
    const whole = isComponent ? await Promise.race([work.wrap(core.value), stopped]) : null;
    if (whole && 'problem' in whole) return whole;
    const needs = await Promise.race([work.needsOf(core.value), stopped]);
    if ('problem' in needs) return needs;
    const optimised = await this.#optimised(core.value, needs.value.features, level, plain.order.names, stopped);
    if ('problem' in optimised) return optimised;
    const { milliseconds } = optimised.value;
    const made = isComponent ? await Promise.race([work.wrap(optimised.value.bytes), stopped]) : { value: optimised.value.bytes };
    if ('problem' in made) return made;
    const bytes = made.value;
    const statistics = { ...plain.statistics, outputBytes: bytes.length };
    return { value: { ...plain, bytes, statistics, sha256: await hash(bytes), optimised: { level, milliseconds, before: plain } } };
  }

  async #optimised(core: Uint8Array, features: string[], level: Level, names: boolean, stopped: Promise<{ problem: Problem }>): Promise<Outcome<Optimised>> {
    const worker = new Worker(new URL('../workers/optimise.worker.ts', import.meta.url), { type: 'module' });
    const failed = new Promise<{ problem: Problem }>((resolve) => {
      worker.addEventListener('error', (event) => resolve({ problem: pageProblem(`Binaryen cannot be loaded: ${event.message || 'its script does not come'}`) }));
    });
    const remote: Remote<OptimiseWorker> = wrap<OptimiseWorker>(worker);
    try {
      return await Promise.race([remote.optimise(core, features, level, names), failed, stopped]);
    } finally {
      worker.terminate();
    }
  }
}
