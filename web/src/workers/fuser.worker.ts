// The fuser, away from the page's own thread. In: inputs, kept here under an id so that their
// bytes come over once, and calls that name them. Out: results, and problems as plain data. Not
// its job: when to do what.

import { expose, transfer } from 'comlink';
import * as meld from 'meld-fuser';
import type { Document } from '../model/document';
import { hash } from '../model/hash';
import { messageOf, pageProblem, type Outcome } from '../model/problem';
import { needsOf } from './needs';

/** An input by its id, with what the fuser is told about it. */
export interface Named {
  id: string;
  name: string;
  package: string;
}

/** How a fusion ends. */
export interface Fusion {
  bytes: Uint8Array<ArrayBuffer>;
  statistics: meld.Statistics;
  /** What is left to the host that it may not expect. */
  notes: string[];
  /** What the optimisations have done. */
  explanation: meld.Fused['explanation'];
  /** In hexadecimal, or null where the browser does not calculate it: on pages without https. */
  sha256: string | null;
}

export type Report = (phase: meld.Phase, done: number, total: number) => void;

/** How often progress is reported, in milliseconds. */
const INTERVAL = 40;

const held = new Map<string, Uint8Array>();
let stopping: AbortController | null = null;

function inputOf({ id, name, package: pack }: Named): meld.Input {
  const bytes = held.get(id);
  if (!bytes) throw new Error(`the bytes of ${name} are not here`);
  return pack ? { name, bytes, package: pack } : { name, bytes };
}

/** The package leaves the inner parts untyped; docs/inspect.md says what they are. */
function documentOf({ json }: { json: unknown }): Document {
  return json as Document;
}

async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (thrown) {
    return { problem: thrown instanceof meld.MeldError ? thrown.toJSON() : pageProblem(messageOf(thrown)) };
  }
}

/** Hands bytes over instead of copying them. */
function handOver<T>(outcome: Outcome<T>, bytes: (value: T) => Uint8Array): Outcome<T> {
  return 'value' in outcome ? transfer(outcome, [bytes(outcome.value).buffer as ArrayBuffer]) : outcome;
}

/** Bytes in a buffer of their own, which nothing else looks at. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const shared = bytes.byteLength !== bytes.buffer.byteLength;
  const kept = [...held.values()].some(({ buffer }) => buffer === bytes.buffer);
  return shared || kept ? new Uint8Array(bytes) : (bytes as Uint8Array<ArrayBuffer>);
}

async function fuse(inputs: Named[], options: meld.Options, report: Report): Promise<Fusion> {
  let phase: meld.Phase | null = null;
  let reported = 0;
  for await (const step of meld.fuseSteps(inputs.map(inputOf), options)) {
    if (step.phase === 'done') {
      const bytes = own(step.fused.bytes);
      const { statistics, notes, explanation } = step.fused;
      return { bytes, statistics, notes, explanation, sha256: await hash(bytes) };
    }
    if (step.phase === phase && performance.now() - reported < INTERVAL) continue;
    phase = step.phase;
    reported = performance.now();
    report(phase, step.done, step.total);
  }
  throw new Error('the steps ended before the work was done');
}

const worker = {
  keep(id: string, bytes: Uint8Array) {
    held.set(id, bytes);
  },

  forget(id: string) {
    held.delete(id);
  },

  version: () => outcome(meld.version),

  inspect: (input: Named) => outcome(async () => documentOf(await meld.inspect(inputOf(input)))),

  wire: (inputs: Named[], composing: meld.Composing) =>
    outcome(async () => {
      const { refused, ...wiring } = await meld.wire(inputs.map(inputOf), composing);
      return { ...wiring, refused: refused ? refused.toJSON() : null };
    }),

  /** One component made of all, unfused; of one input, its binary. */
  compose: async (inputs: Named[], composing: meld.Composing) =>
    handOver(await outcome(async () => own(await meld.compose(inputs.map(inputOf), composing))), (bytes) => bytes),

  inspectComposed: (inputs: Named[], composing: meld.Composing) =>
    outcome(async () => {
      const bytes = await meld.compose(inputs.map(inputOf), composing);
      return documentOf(await meld.inspect({ name: 'composition', bytes }));
    }),

  /** The component of a core module that was fused. */
  wrap: async (bytes: Uint8Array<ArrayBuffer>) =>
    handOver(await outcome(async () => own(await meld.wrap({ name: 'the optimised module', bytes }))), (made) => made),

  needs: (bytes: Uint8Array<ArrayBuffer>, kind: 'component' | 'core-module') => outcome(() => needsOf(bytes, kind)),

  fuse: async (inputs: Named[], options: meld.Options, report: Report) => {
    stopping = new AbortController();
    const { signal } = stopping;
    return handOver(await outcome(() => fuse(inputs, { ...options, signal }, report)), ({ bytes }) => bytes);
  },

  /** Ends the fusion under way after its current step. */
  stop() {
    stopping?.abort();
  },
};

export type FuserWorker = typeof worker;

/** How inputs connect, as plain data. */
export type Wired = Extract<Awaited<ReturnType<FuserWorker['wire']>>, { value: unknown }>['value'];

expose(worker);
