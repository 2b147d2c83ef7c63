// A function that a text is to show.

export type Goal =
  /** By its name: in any result. */
  | { function: string }
  /** In the text of `of`, an input or a result: by its module, in the order of the binary, and its index there. */
  | { of: unknown; module: number; index: number };
