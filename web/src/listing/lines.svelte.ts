// The lines that are near what is seen. In: a listing, and which lines are wanted. Out: those that
// have come. Not its job: where the view stands.

import type { Listing } from './listing';

const BLOCK = 200;
/** Blocks that are kept: what was seen a moment ago is there at once. */
const KEPT = 40;

export class Lines {
  readonly count: number;
  #listing: Listing;
  /** By block, the one wanted last at the end. */
  #blocks = new Map<number, string[]>();
  #asked = new Set<number>();
  #version = $state(0);
  /** Why lines do not come. */
  failure = $state('');

  constructor(listing: Listing) {
    this.#listing = listing;
    this.count = listing.lines;
  }

  /** Nothing as long as the line has not come. */
  at(line: number): string | undefined {
    void this.#version;
    return this.#blocks.get(Math.floor(line / BLOCK))?.[line % BLOCK];
  }

  /** Asks for the lines that are not there, and for a block on each side. */
  want(from: number, to: number): void {
    const [first, last] = [Math.floor(from / BLOCK), Math.floor(to / BLOCK)];
    for (let block = first; block <= last; block += 1) void this.#fetch(block);
    for (const block of [last + 1, first - 1]) void this.#fetch(block);
  }

  async #fetch(block: number): Promise<void> {
    const known = this.#blocks.get(block);
    if (known) {
      this.#blocks.delete(block);
      this.#blocks.set(block, known);
      return;
    }
    if (block < 0 || block * BLOCK >= this.count || this.#asked.has(block)) return;
    this.#asked.add(block);
    try {
      this.#blocks.set(block, await this.#listing.text(block * BLOCK, BLOCK));
      for (const oldest of this.#blocks.keys()) {
        if (this.#blocks.size <= KEPT) break;
        this.#blocks.delete(oldest);
      }
      this.#version += 1;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      this.#asked.delete(block);
    }
  }
}
