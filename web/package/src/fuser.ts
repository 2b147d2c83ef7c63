// Calls into an instance of the fuser. In: a call. Out: what it returns, or a `MeldError`. Not its job:
// the public interface.

import { closedHost } from './closed-host.js';
import { MeldError } from './error.js';
import { type Root, start } from './instance.js';
import type * as wit from './interfaces/meld-fuser-fusion.js';

export type Fuser = Root['fusion'];

/** Makes one call after another to one instance. */
export type Call = <T>(call: (fuser: Fuser) => T) => T;

export async function open(): Promise<Call> {
  const host = closedHost();
  const { fusion: fuser } = await start(host.imports);
  return (call) => {
    try {
      return call(fuser);
    } catch (error) {
      throw explain(error, host.said());
    }
  };
}

/** What a call threw. `said` is what the fuser wrote to its standard error: after a defect, where. */
export function explain(error: unknown, said: string): unknown {
  if (isRefusal(error)) return new MeldError(error.payload);
  const [tag, message] = stopped(error, said.trim());
  return tag === undefined ? error : new MeldError({ tag, val: { message, path: [] } });
}

/** How a call ended that did not return. These are the native command's words. */
function stopped(error: unknown, said: string): [wit.Error['tag'], string] | [undefined, undefined] {
  // How Rust's standard library ends when there is no more memory.
  if (/^memory allocation of \d+ bytes failed/.test(said)) {
    return [
      'limit-exceeded',
      'the fuser needs more memory than there is, or than the 4GiB that a 32-bit program has',
    ];
  }
  if (error instanceof WebAssembly.RuntimeError) return ['internal', `the fuser stopped: ${said || error.message}`];
  // Engines have no class of their own for this one.
  if (error instanceof RangeError || (error instanceof Error && error.name === 'InternalError')) {
    return ['limit-exceeded', "the input nests more deeply than the fuser's stack"];
  }
  return [undefined, undefined];
}

/** Whether it is an error that the interface declares. jco throws these with the value in `payload`. */
export function isRefusal(error: unknown): error is { payload: wit.Error } {
  return error instanceof Error && 'payload' in error;
}
