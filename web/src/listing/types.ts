// What the disassembler tells: its JSON as types. Lines are counted from 0, sizes in bytes.

import type { Memory } from '../model/document';

export type { Memory };

/** What the bytes of a component or module are spent on, everything nested summed up. */
export interface Outline {
  encoding: 'component' | 'module';
  bytes: number;
  /** In the order in which the kinds first come. What is missing to `bytes` is the sections' headers. */
  sections: { kind: string; bytes: number }[];
  /** Nested ones. */
  components: number;
  /** Functions that the modules define. */
  functions: number;
  /** In the order of the binary; a module that stands alone is the only one. */
  modules: { name: string | null; bytes: number; functions: number; memories: Memory[] }[];
}

/** What begins on a line. `module` is the place of a module in the order of the binary. */
export interface Places {
  modules: { module: number; name: string | null; line: number; bytes: number }[];
  memories: { module: number; index: number; line: number; memory: Memory }[];
  functions: FunctionPlace[];
}

/** `index` is in the module's function index space; `bytes` are those of its body. */
export type FunctionPlace = [module: number, index: number, name: string | null, line: number, bytes: number];

export const titleOf = ([, index, name]: FunctionPlace) => name ?? `func ${index}`;

export interface Match {
  line: number;
  column: number;
  /** Where the match lies in what is left out of a long line: the match and what is around it. */
  excerpt: string | null;
}

export interface Summary {
  lines: number;
  places: Places;
  /** Why the text ends before the binary does. */
  stopped: string | null;
}

/** What a function is in the other text, and the ways there. */
export interface Found {
  text: string;
  links: { label: string; go: () => void }[];
}

export type Find = (place: FunctionPlace) => Promise<Found>;
