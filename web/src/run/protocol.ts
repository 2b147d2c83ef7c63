// What a page and its run workers say to each other. All of it can be cloned.

import type { Place } from './callables';
import type { Type, Named } from './types';
import type { Value } from './values';

/** Made once, instantiated as often as it runs. */
export type Prepared = PreparedComponent | PreparedModule;

/** A command of WASI 0.1. */
export interface PreparedModule {
  module: WebAssembly.Module;
}

/** A component as JavaScript. */
export interface PreparedComponent {
  source: string;
  modules: Map<string, WebAssembly.Module>;
  /** The interfaces and functions that it asks its host for, without versions. */
  imports: string[];
}

/** A call of an exported function. */
export interface Call {
  place: Place;
  kind: 'function' | 'constructor' | 'static' | 'method';
  params: Named[];
  args: Value[];
  result: Type | null;
  /** Handles in the result are kept under names that begin with this. */
  keepAs: string;
}

/** A file under its path in the directory `/`. */
export interface RunFile {
  path: string;
  bytes: Uint8Array;
}

/** What an instance finds around it. */
export interface Surroundings {
  args: string[];
  stdin: Uint8Array;
  environment: [string, string][];
  files: RunFile[];
}

export type Request =
  | { ask: 'prepare'; bytes: Uint8Array }
  /** Instantiates what was prepared, here or in another worker. */
  | ({ ask: 'start'; prepared: Prepared } & Surroundings)
  | { ask: 'command'; export: string }
  | { ask: 'call'; call: Call }
  /** The same call again and again, timed. */
  | { ask: 'repeat'; call: Call; times: number }
  | { ask: 'drop'; handle: string };

export type Ended =
  | { how: 'returned'; value: Value | null }
  /** A command that ended or called `exit`. */
  | { how: 'exited'; code: number }
  | { how: 'trapped'; message: string }
  /** jco's code around the component threw an error of JavaScript: it refused a value, or is wrong. */
  | { how: 'threw'; message: string }
  | { how: 'stopped' }
  /** No fault of the component: something that the page or jco does not do. */
  | { how: 'failed'; message: string };

/** In the order of what happened; each request has one answer after all that was printed. */
export type Answer =
  | { tell: 'prepared'; prepared: Prepared; milliseconds: number }
  | { tell: 'started'; milliseconds: number }
  | { tell: 'repeated'; samples: Sample[] }
  | { tell: 'printed'; stream: Stream; text: string }
  | ({ tell: 'ended' } & Outcome);

/** So many calls in a row, and how long one of them took, in nanoseconds. */
export interface Sample {
  calls: number;
  nanoseconds: number;
}

export interface Outcome {
  ended: Ended;
  milliseconds: number;
  /** Handles that the result has, and those that the call took for good. */
  kept: Kept[];
  gone: string[];
  /** Files that a command has written. */
  files: RunFile[];
}

export type Stream = 'stdout' | 'stderr';

/** A handle that the worker holds. */
export interface Kept {
  name: string;
  resource: number;
}
