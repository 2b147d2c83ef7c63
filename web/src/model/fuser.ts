// The page's side of a fuser worker. In: inputs with their bytes, and what to do with them. Out:
// results or problems. Starts the worker when it is first needed, and again after it was ended.

import { proxy, wrap, type Remote } from 'comlink';
import type { Composing, Options } from 'meld-fuser';
import type { FuserWorker, Named, Report } from '../workers/fuser.worker';
import { pageProblem, type Outcome, type Problem } from './problem';

/** An input as the fuser sees it. Never changes: another name makes another source. */
export interface Source extends Named {
  readonly bytes: Uint8Array;
}

interface Running {
  worker: Worker;
  remote: Remote<FuserWorker>;
  sent: Set<string>;
  /** Settles when the worker is no more. */
  ended: Promise<{ problem: Problem }>;
  end: (why: string) => void;
}

export class Fuser {
  #running: Running | null = null;
  /** Settles when it is known whether the worker outlives the last stop. */
  #stopping: Promise<void> = Promise.resolve();

  needs = (bytes: Uint8Array<ArrayBuffer>, kind: 'component' | 'core-module') => this.#call((remote) => remote.needs(bytes, kind));

  version = () => this.#call((remote) => remote.version());

  inspect = (input: Source) => this.#with([input], (remote, [named]) => remote.inspect(named));

  wire = (inputs: Source[], composing: Composing) =>
    this.#with(inputs, (remote, named) => remote.wire(named, composing));

  compose = (inputs: Source[], composing: Composing) =>
    this.#with(inputs, (remote, named) => remote.compose(named, composing));

  wrap = (bytes: Uint8Array<ArrayBuffer>) => this.#call((remote) => remote.wrap(bytes));

  inspectComposed = (inputs: Source[], composing: Composing) =>
    this.#with(inputs, (remote, named) => remote.inspectComposed(named, composing));

  fuse = (inputs: Source[], options: Options, report: Report) =>
    this.#with(inputs, (remote, named) => remote.fuse(named, options, proxy(report)));

  /** Asks the fusion to end; after a quarter of a second in one step, ends the worker. */
  stop(fusion: Promise<unknown>): Promise<void> {
    const before = this.#stopping;
    return (this.#stopping = before.then(() => this.#stop(fusion)));
  }

  async #stop(fusion: Promise<unknown>): Promise<void> {
    const running = this.#running;
    if (!running) return;
    void running.remote.stop();
    const late = new Promise((resolve) => setTimeout(resolve, 250, 'late'));
    if ((await Promise.race([fusion, late])) === 'late') running.end('stopped');
  }

  forget(id: string): void {
    if (this.#running?.sent.delete(id)) void this.#running.remote.forget(id);
  }

  #start(): Running {
    const worker = new Worker(new URL('../workers/fuser.worker.ts', import.meta.url), { type: 'module' });
    let settle: (end: { problem: Problem }) => void = () => {};
    const ended = new Promise<{ problem: Problem }>((resolve) => (settle = resolve));
    const end = (why: string) => {
      worker.terminate();
      if (this.#running?.worker === worker) this.#running = null;
      settle({ problem: pageProblem(`the fuser's worker ended: ${why}`) });
    };
    worker.addEventListener('error', (event) => end(event.message || 'its script could not be loaded'));
    return { worker, remote: wrap<FuserWorker>(worker), sent: new Set(), ended, end };
  }

  async #call<T>(call: (remote: Remote<FuserWorker>) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    // A worker that is about to end takes no more work.
    await this.#stopping;
    const running = (this.#running ??= this.#start());
    return Promise.race([call(running.remote), running.ended]);
  }

  #with<T, const Inputs extends Source[]>(
    inputs: Inputs,
    call: (remote: Remote<FuserWorker>, named: { [I in keyof Inputs]: Named }) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.#call((remote) => {
      const sent = this.#running?.sent;
      for (const { id, bytes } of inputs) {
        if (!sent || sent.has(id)) continue;
        sent.add(id);
        void remote.keep(id, bytes);
      }
      const named = inputs.map(({ id, name, package: pack }) => ({ id, name, package: pack }));
      return call(remote, named as { [I in keyof Inputs]: Named });
    });
  }
}
