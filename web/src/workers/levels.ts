// How much Binaryen is told to do, as `wasm-opt` names it: how much to optimise, and how much size counts.

export const LEVELS = { '-O1': [1, 0], '-O2': [2, 0], '-O3': [3, 0], '-O4': [4, 0], '-Os': [2, 1], '-Oz': [2, 2] } as const;
export type Level = keyof typeof LEVELS;
