// What Binaryen is told: how much to do, as `wasm-opt` names it, and which features a module may use.

/** How much to optimise, and how much size counts. */
export const LEVELS = { '-O1': [1, 0], '-O2': [2, 0], '-O3': [3, 0], '-O4': [4, 0], '-Os': [2, 1], '-Oz': [2, 2] } as const;
export type Level = keyof typeof LEVELS;

/**
 * Features, by their names in docs/inspect.md. It is told of those that a module needs and of no others: with all, it
 * writes what engines do not read yet. As for its command (`meld inspect --features`), some are one to it, and some
 * come along.
 */
export const FEATURES = {
  'mutable-global': ['MutableGlobals'],
  'saturating-float-to-int': ['NontrappingFPToInt'],
  'sign-extension': ['SignExt'],
  'multi-value': ['Multivalue'],
  'bulk-memory': ['BulkMemory', 'BulkMemoryOpt', 'ReferenceTypes'],
  'reference-types': ['ReferenceTypes', 'CallIndirectOverlong'],
  simd: ['SIMD128'],
  'relaxed-simd': ['RelaxedSIMD'],
  threads: ['Atomics'],
  'shared-everything-threads': ['SharedEverything'],
  'tail-call': ['TailCall'],
  'multi-memory': ['MultiMemory'],
  memory64: ['Memory64'],
  exceptions: ['ExceptionHandling'],
  'legacy-exceptions': ['ExceptionHandling'],
  'extended-const': ['ExtendedConst'],
  'function-references': ['ReferenceTypes', 'GC'],
  gc: ['ReferenceTypes', 'GC'],
  'custom-page-sizes': ['CustomPageSizes'],
  'stack-switching': ['StackSwitching'],
  'wide-arithmetic': ['WideArithmetic'],
} as const;
