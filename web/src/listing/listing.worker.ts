// The disassembler, away from the page's own thread. In: bytes. Out: an outline of them, or their
// text line by line. A worker holds one listing: to end the worker gives back its memory.

import { expose } from 'comlink';
import init, { Listing, outline } from '../../disassembler/pkg/meld_disassembler.js';
import type { Match, Outline, Summary } from './types';

/** How often progress is reported, in milliseconds. */
const INTERVAL = 50;

/** Lines that become a piece of a file at a time. */
const PIECE = 10_000;

const ready = init();
let listing: Listing | null = null;

/** Waits for the disassembler, and says of a trap what it is. */
async function run<T>(work: () => T): Promise<T> {
  await ready;
  try {
    return work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      throw new Error(`the disassembler broke down (${error.message})`, { cause: error });
    }
    throw error;
  }
}

function held(): Listing {
  if (!listing) throw new Error('nothing was disassembled yet');
  return listing;
}

const worker = {
  outline: (bytes: Uint8Array) => run(() => JSON.parse(outline(bytes)) as Outline),

  open: (bytes: Uint8Array, report: (share: number) => void) =>
    run((): Summary => {
      let reported = performance.now();
      listing = new Listing(bytes, (share) => {
        if (performance.now() - reported < INTERVAL) return;
        reported = performance.now();
        report(share);
      });
      return {
        lines: listing.lines(),
        places: JSON.parse(listing.places()) as Summary['places'],
        stopped: listing.stopped() ?? null,
      };
    }),

  text: (from: number, count: number) => run(() => held().text(from, count).split('\n')),

  /** The whole text, as a file. */
  whole: () =>
    run(() => {
      const pieces: string[] = [];
      for (let line = 0; line < held().lines(); line += PIECE) pieces.push(held().whole(line, PIECE));
      return new Blob(pieces, { type: 'text/plain' });
    }),

  /** On how many lines the query is, up to `most`. */
  matches: (query: string, ignoreCase: boolean, most: number) =>
    run(() => {
      let found = 0;
      for (let line = 0; found < most; found += 1) {
        const match = JSON.parse(held().search(query, line, false, ignoreCase)) as Match | null;
        if (!match) break;
        line = match.line + 1;
      }
      return found;
    }),

  search: (query: string, from: number, backwards: boolean, ignoreCase: boolean) =>
    run(() => JSON.parse(held().search(query, from, backwards, ignoreCase)) as Match | null),
};

export type ListingWorker = typeof worker;

expose(worker);
