// The types of the public interface: those of the WIT, with 64-bit integers as numbers. Not its job:
// values.

import type { MeldError } from './error.js';
import type { SWITCHES } from './check.js';
import type * as wit from './interfaces/meld-fuser-fusion.js';

/** `T` with every `bigint` in it a `number`. What is counted here stays far below 2^53. */
export type Numbers<T> = T extends bigint
  ? number
  : T extends string | number | boolean | undefined | Uint8Array
    ? T
    : { [Key in keyof T]: Numbers<T[Key]> };

/** One component to fuse, or to look at. */
export interface Input extends Omit<wit.Input, 'bytes'> {
  /** A component: the binary format, or the text format, as a string or in UTF-8. */
  bytes: Uint8Array | ArrayBuffer | string;
}

/** A composition in the WAC language. */
export interface WacSource extends wit.WacSource {}

/** How several inputs are put together, and which imports the result does without. */
export interface Composing extends Partial<wit.Composing> {}

/** What makes the result smaller and faster, and can be done without. */
export type Optimization = keyof typeof SWITCHES;

/** How to fuse. */
export interface Options extends Composing, Partial<Omit<wit.Options, 'skip' | 'composing' | 'reserve'>> {
  /** How large memories can become, in bytes, where they are parts of one: by the labels of their core instances. */
  reserve?: Readonly<Record<string, number>>;
  /** The optimisations to do without: to look for a fault, or to see what they are worth. */
  skip?: readonly Optimization[] | 'all';
  /** Ends the work: the call fails with the signal's reason. */
  signal?: AbortSignal;
}

/** Figures about one fusion. */
export interface Statistics extends Numbers<wit.Statistics> {}

/** The result of fusing. */
export interface Fused extends Numbers<wit.Fused> {}

/** The parts of the work, in their order. */
export type Phase = wit.Phase;

/** How far the work has come. Where it is done, the result. */
export type Step = Progress<Exclude<Phase, 'done'>> | (Progress<'done'> & { fused: Fused });

type Progress<P extends Phase> = Numbers<Omit<wit.Progress, 'phase'>> & {
  /** The current part of the work. */
  phase: P;
};

/** What there is to tell about a component. */
export interface Inspection extends Omit<wit.Inspection, 'json'> {
  /** Everything, for programs. */
  json: InspectionDocument;
}

/** How several inputs connect. */
export interface Wiring extends Omit<wit.Wiring, 'refused'> {
  /** The error that `compose` gives. */
  refused?: MeldError;
}

/** An instance of an input. */
export type WiredInstance = wit.WiredInstance;
/** An import of an instance, and what meets it. */
export type Connection = wit.Connection;
/** What meets an import. */
export type MetBy = wit.MetBy;
/** An export of an instance. */
export type ExportOf = wit.ExportOf;
/** An export that has the right name and the wrong type. */
export type Misfit = wit.Misfit;
/** An export of the composition. */
export type WiredExport = wit.WiredExport;

/** What `meld inspect --json` prints: see `docs/inspect.md` in the repository. Members may be added. */
export interface InspectionDocument {
  name: string;
  wit: string;
  'wit-refused': string | null;
  resolve: WitResolve | null;
  items: string[] | null;
  /** `null` for a fused core module. */
  component: unknown;
  'core-module'?: unknown;
  instances: unknown[];
  /** `null` for a fused core module. */
  fusion: unknown;
  features: string[];
}

/** The types as WIT tools know them: what `wasm-tools component wit --json` prints. */
export interface WitResolve {
  worlds: unknown[];
  interfaces: unknown[];
  types: unknown[];
  packages: unknown[];
}
