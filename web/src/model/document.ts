// The parts of inspect's JSON that the page shows: see docs/inspect.md. Only types.

export interface SectionSize {
  kind: string;
  bytes: number;
}

/** The disassembler tells it too. */
export interface Memory {
  imported: boolean;
  /** Pages. */
  minimum: number;
  maximum: number | null;
  'page-size': number;
  memory64: boolean;
  shared: boolean;
}

interface Part {
  number: number;
  name: string | null;
  offset: number;
  bytes: number;
  sections: SectionSize[];
}

export interface CoreModule extends Part {
  functions: number;
  imports: number;
  exports: number;
  memories: Memory[];
  features: string[];
}

export interface Component extends Part {
  definitions: ({ component: Component } | { 'core-module': CoreModule })[];
}

export interface Boundary {
  caller: string;
  callee: string;
  function: string;
  becomes: 'direct-call' | 'guarded-call' | 'adapter';
  work: string[];
}

/** A reason with the members of an error, but for the input. */
export interface Refusal {
  code: string;
  message: string;
  offset: number | null;
  path: string[];
  hint: string | null;
}

export interface Document {
  wit: string;
  'wit-refused': string | null;
  items: string[] | null;
  component: Component;
  fusion: { refused: Refusal } | { possible: { boundaries: Boundary[]; unreached: string[] } };
  /** What `wasm-tools component wit --json` prints, or null where WIT cannot tell. */
  resolve: unknown;
}

/** Every core module of a component, in their order, however deeply nested. */
export function coreModules(component: Component): CoreModule[] {
  return component.definitions.flatMap((definition) =>
    'component' in definition ? coreModules(definition.component) : [definition['core-module']],
  );
}

/** The features that any core module needs. */
export function features(component: Component): string[] {
  return [...new Set(coreModules(component).flatMap((module) => module.features))].sort();
}
