// Binaryen, at a core module that was fused. In: the module, and how much to do. Out: the module after it, and how long
// that took. A worker of its own: it is loaded when it is asked for, takes its time, and is ended when it has answered.

import { expose, transfer } from 'comlink';
import { messageOf, pageProblem, type Outcome } from '../model/problem';
import { FEATURES, LEVELS, type Level } from '../model/binaryen';

export interface Optimised {
  bytes: Uint8Array<ArrayBuffer>;
  milliseconds: number;
}

/** `features`: by their names, those that the module needs. */
async function optimise(bytes: Uint8Array, features: string[], level: Level, names: boolean): Promise<Optimised> {
  const { default: binaryen } = await import('binaryen');
  const since = performance.now();
  const [optimize, shrink] = LEVELS[level];
  binaryen.setOptimizeLevel(optimize);
  binaryen.setShrinkLevel(shrink);
  binaryen.setDebugInfo(names);
  let told: number = binaryen.Features.MVP;
  for (const name of features) {
    if (!Object.hasOwn(FEATURES, name)) throw new Error(`it cannot be told of ${name}`);
    for (const one of FEATURES[name as keyof typeof FEATURES]) told |= binaryen.Features[one];
  }
  const module = binaryen.readBinaryWithFeatures(bytes, told);
  try {
    module.optimize();
    const made = module.emitBinary();
    return { bytes: made.slice() as Uint8Array<ArrayBuffer>, milliseconds: performance.now() - since };
  } finally {
    module.dispose();
  }
}

const worker = {
  optimise: async (bytes: Uint8Array, features: string[], level: Level, names: boolean): Promise<Outcome<Optimised>> => {
    try {
      const value = await optimise(bytes, features, level, names);
      return transfer({ value }, [value.bytes.buffer]);
    } catch (error) {
      return { problem: pageProblem(`Binaryen: ${messageOf(error)}`) };
    }
  },
};

export type OptimiseWorker = typeof worker;

expose(worker);
