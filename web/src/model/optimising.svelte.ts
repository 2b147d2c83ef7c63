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
  #turn = 0;
  #end: (() => void) | null = null;

  running = $state<Level | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(work: Work) {
    this.#work = work;
  }

  async run(level: Level): Promise<void> {
    const { fusing } = this.#work;
    const { result } = fusing;
    if (!result) return;
    this.stop();
    const turn = (this.#turn += 1);
    this.running = level;
    const plain = result.optimised?.before ?? result;
    const outcome = await this.#made(plain, level);
    // What was stopped is of no use, nor what another result has come before.
    if (turn !== this.#turn) return;
    this.running = null;
    if (fusing.result !== result) return;
    if ('problem' in outcome) {
      this.problem = outcome.problem;
      return;
    }
    const { bytes, milliseconds } = outcome.value;
    const sha256 = await hash(bytes);
    if (fusing.result !== result) return;
    const statistics = { ...plain.statistics, outputBytes: bytes.length };
    fusing.result = { ...plain, bytes, sha256, statistics, optimised: { level, milliseconds, before: plain } };
  }

  /** Ends what is under way. */
  stop(): void {
    this.#turn += 1;
    this.#end?.();
    this.#end = null;
    this.running = null;
    this.problem = null;
  }

  /** The result as meld made it. */
  undo(): void {
    this.stop();
    const { fusing } = this.#work;
    if (fusing.result?.optimised) fusing.result = fusing.result.optimised.before;
  }

  async #made(plain: Result, level: Level): Promise<Outcome<Optimised>> {
    const core = await this.#work.asCore(plain);
    if ('problem' in core) return core;
    const needs = await this.#work.needsOf(core.value);
    if ('problem' in needs) return needs;
    const optimised = await this.#optimised(core.value, needs.value.features, level, plain.order.names);
    if ('problem' in optimised || plain.order.output === 'core-module') return optimised;
    const wrapped = await this.#work.wrap(optimised.value.bytes);
    return 'problem' in wrapped ? wrapped : { value: { ...optimised.value, bytes: wrapped.value } };
  }

  async #optimised(core: Uint8Array, features: string[], level: Level, names: boolean): Promise<Outcome<Optimised>> {
    const worker = new Worker(new URL('../workers/optimise.worker.ts', import.meta.url), { type: 'module' });
    const ended = new Promise<{ problem: Problem }>((resolve) => {
      const end = (why: string) => {
        worker.terminate();
        resolve({ problem: pageProblem(why) });
      };
      this.#end = () => end('stopped');
      worker.addEventListener('error', (event) => end(`Binaryen cannot be loaded: ${event.message || 'its script does not come'}`));
    });
    const remote: Remote<OptimiseWorker> = wrap<OptimiseWorker>(worker);
    const outcome = await Promise.race([remote.optimise(core, features, level, names), ended]);
    worker.terminate();
    return outcome;
  }
}
