// Errors. In: what `meld.wasm` gives or throws. Out: a `MeldError`. Not its job: mistakes in calling
// the package, which are a `TypeError`.

import type * as wit from './interfaces/meld-fuser-fusion.js';

/** Which error it is: the name of a case of the WIT's `error`. */
export type Code = wit.Error['tag'];

/** An error as `meld --json` prints it; what is not known is null. */
export interface ErrorDocument {
  code: Code;
  message: string;
  input: string | null;
  offset: number | null;
  path: string[];
  hint: string | null;
}

/** Why there is no result. */
export class MeldError extends Error {
  static {
    this.prototype.name = 'MeldError';
  }

  /** Which error it is. */
  readonly code: Code;
  /** The name of the input, as the caller gave it. */
  declare readonly input?: string;
  /**
   * Where in that input, in bytes from its start. Of an input that is text: in the text for
   * `malformed`, and for the other errors in the binary that the text stands for.
   */
  declare readonly offset?: number;
  /** The way from the root component to the place, outermost first. Empty at the root. */
  readonly path: string[];
  /** What to do about it. */
  declare readonly hint?: string;

  /** Takes an error of the interface. */
  constructor({ tag, val }: wit.Error) {
    super(val.message);
    this.code = tag;
    this.path = val.path;
    if (val.input !== undefined) this.input = val.input;
    if (val.offset !== undefined) this.offset = Number(val.offset);
    if (val.hint !== undefined) this.hint = val.hint;
  }

  /** The error as `meld --json` prints it. `postMessage` keeps this whole, and the error itself not. */
  toJSON(): ErrorDocument {
    const { code, message, input = null, offset = null, path, hint = null } = this;
    return { code, message, input, offset, path, hint };
  }
}
