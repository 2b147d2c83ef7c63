// Streams of WASI over open files of Node.js. In: a file's number, and where to begin. Out: bytes. Not its
// job: opening and closing.

import { readSync, writeSync } from 'node:fs';
import type * as poll from './interfaces/wasi-io-poll.js';
import type * as streams from './interfaces/wasi-io-streams.js';

/** How much is read or taken at once, in bytes. */
const CHUNK = 1 << 20;

/** Each read and write here waits, so that nothing is ever to be waited for. */
export class Pollable implements poll.Pollable {
  block(): void {}
}

export class InputStream implements streams.InputStream {
  readonly #file: number;
  /** Where in the file, or null for one that has no places, such as a pipe. */
  #place: bigint | null;

  constructor(file: number, place: bigint | null = null) {
    this.#file = file;
    this.#place = place;
  }

  blockingRead(length: bigint): Uint8Array {
    const bytes = new Uint8Array(Math.min(Number(length), CHUNK));
    const count = attempt(() => readSync(this.#file, bytes, 0, bytes.length, this.#place));
    if (count === 0 && bytes.length > 0) throw closed();
    if (this.#place !== null) this.#place += BigInt(count);
    return bytes.subarray(0, count);
  }

  subscribe(): Pollable {
    return new Pollable();
  }
}

export class OutputStream implements streams.OutputStream {
  readonly #file: number;
  /** Where in the file, or null for what follows what was written before. */
  #place: number | null;

  constructor(file: number, place: number | null = null) {
    this.#file = file;
    this.#place = place;
  }

  checkWrite(): bigint {
    return BigInt(CHUNK);
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const count = attempt(() => writeSync(this.#file, bytes, done, bytes.length - done, this.#place));
      if (this.#place !== null) this.#place += count;
      done += count;
    }
  }

  blockingFlush(): void {}

  subscribe(): Pollable {
    return new Pollable();
  }
}

/** Reads or writes, and turns what Node.js throws into what WASI knows. */
function attempt(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      switch (codeOf(error)) {
        case 'EAGAIN':
          // Who opened the pipe has said not to wait: then it is tried again, ten milliseconds later.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
          continue;
        // The end of a console's input in Windows.
        case 'EOF':
        case 'EPIPE':
          throw closed();
        default:
          throw { tag: 'last-operation-failed', val: error };
      }
    }
  }
}

function closed(): streams.StreamErrorClosed {
  return { tag: 'closed' };
}

/** The system's name for an error, if it is one of the system's. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
