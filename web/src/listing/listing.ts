// The page's side of the disassembler. In: the bytes of a component or module, which stay the
// caller's. Out: an outline, or a listing to read lines from until it is closed.

import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { ListingWorker } from './listing.worker';
import type { Match, Outline, Summary } from './types';

export type { FunctionPlace, Match, Memory, Outline, Places, Summary } from './types';

export interface Listing extends Summary {
  /** Fewer than `count` at the end. Of a long line its beginning, `…` and how much is left out. */
  text(from: number, count: number): Promise<string[]>;
  /** The whole text, as a file; as much of it as there is, if it ends early. */
  whole(): Promise<Blob>;
  /** On how many lines the query is, up to `most`. */
  matches(query: string, ignoreCase: boolean, most: number): Promise<number>;
  /** The first line at or after `from` with the query, or the last one at or before it. */
  search(query: string, from: number, backwards: boolean, ignoreCase: boolean): Promise<Match | null>;
}

/**
 * Prints the bytes. `report` hears now and then how much is done, from 0 to 1. `close` may be called
 * at any time; nothing answers afterwards.
 */
export function open(bytes: Uint8Array, report: (share: number) => void): { listing: Promise<Listing>; close: () => void } {
  const worker = new Disassembler();
  const listing = worker.call((remote) => remote.open(own(bytes), proxy(report))).then((summary) => ({
    ...summary,
    text: (from: number, count: number) => worker.call((remote) => remote.text(from, count)),
    whole: () => worker.call((remote) => remote.whole()),
    matches: (query: string, ignoreCase: boolean, most: number) => worker.call((remote) => remote.matches(query, ignoreCase, most)),
    search: (query: string, from: number, backwards: boolean, ignoreCase: boolean) =>
      worker.call((remote) => remote.search(query, from, backwards, ignoreCase)),
  }));
  return { listing, close: () => worker.end() };
}

let outliner: Disassembler | null = null;
let asked = 0;

/** Rejects where the bytes are no binary. */
export async function outline(bytes: Uint8Array): Promise<Outline> {
  const worker = (outliner ??= new Disassembler());
  asked += 1;
  try {
    return await worker.call((remote) => remote.outline(own(bytes)));
  } finally {
    asked -= 1;
    if (asked === 0) {
      outliner?.end();
      outliner = null;
    }
  }
}

/** A copy to hand over: to send the array itself would copy all of the buffer that it is a part of. */
function own(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  return transfer(copy, [copy.buffer]);
}

class Disassembler {
  #worker = new Worker(new URL('./listing.worker.ts', import.meta.url), { type: 'module' });
  #remote: Remote<ListingWorker> = wrap<ListingWorker>(this.#worker);
  /** A worker whose script cannot be loaded never answers. */
  #failed = new Promise<never>((_, reject) => {
    this.#worker.addEventListener('error', (event) => {
      reject(new Error(`the disassembler cannot be started: ${event.message || 'its script does not load'}`));
    });
  });

  constructor() {
    this.#failed.catch(() => {});
  }

  call<T>(call: (remote: Remote<ListingWorker>) => Promise<T>): Promise<T> {
    return Promise.race([call(this.#remote), this.#failed]);
  }

  end() {
    this.#worker.terminate();
  }
}
