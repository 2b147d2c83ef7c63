// How to fuse, and what is shown: all that a link to the page can carry. Not its job: keeping it.

import type { WacSource } from 'meld-fuser';

export const TABS = ['inspect', 'connections', 'result', 'boundaries', 'text', 'run'] as const;
export type Tab = (typeof TABS)[number];

/** The settings as they are kept and linked. */
export interface KeptSettings {
  output: 'component' | 'core-module';
  names: boolean;
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

/** Whether a value is one that the setting can have. */
const RIGHT: { [Name in keyof KeptSettings]: (value: unknown) => boolean } = {
  output: (value) => value === 'component' || value === 'core-module',
  names: (value) => typeof value === 'boolean',
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

export class Settings {
  output = $state<KeptSettings['output']>('component');
  names = $state(false);
  wac = $state<WacSource | null>(null);
  inOrder = $state(false);
  stub = $state.raw<readonly string[]>([]);
  fileName = $state('fused.wasm');
  tab = $state<Tab>('inspect');
  example = $state<string | null>(null);

  readonly kept: KeptSettings = $derived({
    output: this.output,
    names: this.names,
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

  reset(): void {
    this.apply({ ...BY_ITSELF, output: 'component', names: false, fileName: 'fused.wasm', tab: 'inspect', example: null });
  }
}
