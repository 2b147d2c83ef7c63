// What a component meets in the page: preview2-shim's WASI, made to wait without giving control
// back. In: arguments, standard input, and where output goes. Out: jco's import object.

import { filesystem, io } from '@bytecodealliance/preview2-shim';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { PROVIDED } from './provided';
import { inTree, treeOf, written, type Entry } from './files';
import type { RunFile, Stream, Surroundings } from './protocol';

export interface HostOptions extends Surroundings {
  print(stream: Stream, bytes: Uint8Array): void;
  /** Called before the worker sleeps, so that what was printed can be seen meanwhile. */
  beforeSleep(): void;
}

export type ImportObject = Record<string, unknown>;

type ShimConfig = ConstructorParameters<typeof WASIShim>[0];

/** The browser's `Pollable` is made from this; the package's types leave the constructor out. */
interface Source {
  ready(): boolean;
  wait(): Promise<void>;
}
interface Pollable {
  ready(): boolean;
}
interface BrowserIo {
  pollableCreate(source?: Source): Pollable;
}

/** The import object, and which files there are that were not given so. */
export function hostOf(options: HostOptions): { imports: ImportObject; files: () => RunFile[] } {
  const tree = treeOf(options.files);
  // The worker has one run, and the shim one directory.
  (filesystem as unknown as { _setFileData(data: Entry): void })._setFileData(tree);
  return { imports: importObject(options), files: () => written(options.files, inTree(tree)) };
}

function importObject(options: HostOptions): ImportObject {
  const output = (stream: Stream) => ({ write: (bytes: Uint8Array) => options.print(stream, bytes) });
  const config = {
    arguments: options.args,
    environment: Object.fromEntries(options.environment),
    stdin: input(options.stdin),
    stdout: output('stdout'),
    stderr: output('stderr'),
  };
  const shim: ImportObject = { ...new WASIShim(config as ShimConfig).getImportObject() };
  const chosen = Object.fromEntries(PROVIDED.map((name) => [name, shim[name]]));
  return { ...chosen, ...waiting(options.beforeSleep) };
}

function input(bytes: Uint8Array) {
  let rest = bytes;
  return {
    blockingRead(length: bigint): Uint8Array {
      if (rest.length === 0) throw { tag: 'closed' };
      const part = rest.slice(0, Number(length));
      rest = rest.subarray(part.length);
      return part;
    },
  };
}

/** The shim waits with promises, which a component's synchronous call cannot. A worker may sleep. */
function waiting(beforeSleep: () => void): ImportObject {
  const { pollableCreate } = io as unknown as BrowserIo;
  const now = (): bigint => BigInt(Math.floor(performance.now() * 1e6));
  const until = (instant: bigint): Pollable =>
    pollableCreate({ ready: () => now() >= instant, wait: () => Promise.resolve() });
  const untilAny = (pollables: Pollable[]): number[] => {
    for (;;) {
      const ready = pollables.flatMap((pollable, index) => (pollable.ready() ? [index] : []));
      if (ready.length > 0) return ready;
      beforeSleep();
      sleep(1);
    }
  };
  const { Pollable } = io.poll as unknown as { Pollable: { prototype: { block(): void } & Pollable } };
  Pollable.prototype.block = function (this: Pollable) {
    untilAny([this]);
  };
  return {
    'wasi:io/poll': {
      Pollable,
      poll(list: Pollable[]): Uint32Array {
        if (list.length === 0) throw new Error('poll of an empty list');
        return new Uint32Array(untilAny(list));
      },
    },
    'wasi:clocks/monotonic-clock': {
      resolution: () => 1_000_000n,
      now,
      subscribeInstant: until,
      subscribeDuration: (duration: bigint) => until(now() + duration),
    },
  };
}

/** A module's memory may be shared even where the page itself may not share any. */
let cell: Int32Array | null = null;

function sleep(milliseconds: number): void {
  cell ??= new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
  Atomics.wait(cell, 0, 0, milliseconds);
}
