// How to fuse, and what is shown: all that a link to the page can carry. Not its job: keeping it.

import type { Optimization, WacSource } from 'meld-fuser';
import { isReserve } from './reserve';

export const TABS = ['inspect', 'connections', 'result', 'boundaries', 'text', 'run'] as const;
export type Tab = (typeof TABS)[number];

/** All there are: docs/OPTIMISATIONS.md. */
export const OPTIMIZATIONS = [
  'direct-calls',
  'bulk-copies',
  'elide-checks',
  'inline-handles',
  'import-shims',
  'unreachable',
] as const satisfies Optimization[];

/** The settings as they are kept and linked. */
export interface KeptSettings {
  output: 'component' | 'core-module';
  /** Whether each component keeps a memory, or all have parts of one. */
  memory: 'multi' | 'single';
  /** How large parts of one memory may become, in bytes, by the label of the instance whose memory it is. */
  reserve: Readonly<Record<string, number>>;
  /** Which WASI the result asks its host for; what counts is `wasiOf`. */
  wasi: 'as-imported' | 'preview1';
  names: boolean;
  debugInfo: boolean;
  /** Whether the result says where it came from. */
  provenance: boolean;
  /** The optimisations to do without. */
  skip: readonly Optimization[];
  /** The document, or null when meld composes by itself. */
  wac: WacSource | null;
  /** Whether the order of the inputs says how they are composed, where there is a choice: see `composingOf`. */
  inOrder: boolean;
  /** Imports that the host lacks: names, or how names begin with `*` at the end. */
  stub: readonly string[];
  fileName: string;
  tab: Tab;
  /** The example that the inputs are, unchanged. */
  example: string | null;
}

function isDocument(value: unknown): value is WacSource {
  const { name, text } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof text === 'string';
}

export function isOptimization(value: unknown): value is Optimization {
  return (OPTIMIZATIONS as readonly unknown[]).includes(value);
}

/** Whether a value is one that the setting can have. */
const RIGHT: { [Name in keyof KeptSettings]: (value: unknown) => boolean } = {
  output: (value) => value === 'component' || value === 'core-module',
  memory: (value) => value === 'multi' || value === 'single',
  reserve: isReserve,
  wasi: (value) => value === 'as-imported' || value === 'preview1',
  names: (value) => typeof value === 'boolean',
  debugInfo: (value) => typeof value === 'boolean',
  provenance: (value) => typeof value === 'boolean',
  skip: (value) => Array.isArray(value) && value.every(isOptimization),
  wac: (value) => value === null || isDocument(value),
  inOrder: (value) => typeof value === 'boolean',
  stub: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  fileName: (value) => typeof value === 'string',
  tab: (value) => (TABS as readonly unknown[]).includes(value),
  example: (value) => value === null || typeof value === 'string',
};

/** What is right of settings that may be anything, and whether that is all of it. */
export function rightSettings(value: unknown): { settings: Partial<KeptSettings>; whole: boolean } {
  const found = Object.entries(value ?? {}).filter(([name]) => Object.hasOwn(RIGHT, name));
  const right = found.filter(([name, one]) => RIGHT[name as keyof KeptSettings](one));
  return { settings: Object.fromEntries(right), whole: found.length > 0 && right.length === found.length };
}

/** How inputs are composed where nobody says anything. */
export const BY_ITSELF = { wac: null, inOrder: false, stub: [] } as const satisfies Partial<KeptSettings>;

/** A component has no imports of WASI 0.1. */
export function wasiOf({ output, wasi }: Pick<KeptSettings, 'output' | 'wasi'>): KeptSettings['wasi'] {
  return output === 'component' ? 'as-imported' : wasi;
}

/** What the command takes where nobody says how many memories: a host of WASI 0.1 looks into one. */
export function usualMemory(wasi: KeptSettings['wasi']): KeptSettings['memory'] {
  return wasi === 'preview1' ? 'single' : 'multi';
}

export const FILE_NAME = 'fused.wasm';

export function outputNameOf({ fileName }: Pick<KeptSettings, 'fileName'>): string {
  return fileName.trim() || FILE_NAME;
}

export class Settings {
  output = $state<KeptSettings['output']>('component');
  memory = $state<KeptSettings['memory']>('multi');
  reserve = $state.raw<Readonly<Record<string, number>>>({});
  wasi = $state<KeptSettings['wasi']>('as-imported');
  names = $state(false);
  debugInfo = $state(false);
  provenance = $state(false);
  skip = $state.raw<readonly Optimization[]>([]);
  wac = $state<WacSource | null>(null);
  inOrder = $state(false);
  stub = $state.raw<readonly string[]>([]);
  fileName = $state(FILE_NAME);
  tab = $state<Tab>('inspect');
  example = $state<string | null>(null);

  /** What the result is called: a name that is left empty is none. */
  readonly outputName = $derived(outputNameOf(this));

  readonly kept: KeptSettings = $derived({
    output: this.output,
    memory: this.memory,
    reserve: this.reserve,
    wasi: this.wasi,
    names: this.names,
    debugInfo: this.debugInfo,
    provenance: this.provenance,
    skip: this.skip,
    wac: this.wac && { ...this.wac },
    inOrder: this.inOrder,
    stub: this.stub,
    fileName: this.fileName,
    tab: this.tab,
    example: this.example,
  });

  apply(kept: Partial<KeptSettings>): void {
    Object.assign(this, kept);
  }

  /** Along with it goes how many memories the command takes then. */
  chooseWasi(wasi: KeptSettings['wasi']): void {
    this.apply({ wasi, memory: usualMemory(wasi) });
  }

  reset(): void {
    this.chooseWasi('as-imported');
    this.apply({ ...BY_ITSELF, output: 'component', reserve: {}, names: false, debugInfo: false, provenance: false, skip: [], fileName: FILE_NAME, tab: 'inspect', example: null });
  }
}
