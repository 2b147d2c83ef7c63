// The work on the page: inputs, settings, and what follows from them. Made once, by the page. In:
// what the user does. Out: state for the views. Not its job: how anything looks.

import { Typed } from '../run/typed.svelte';
import type { Wired } from '../workers/fuser.worker';
import type { Needs } from '../workers/needs';
import { compositionOf, type Choice } from './composition';
import type { Document } from './document';
import { isBinary } from './files';
import type { Worth } from '../run/worth';
import { Fuser, type Source } from './fuser';
import { Fusing, optionsOf, type Result } from './fusing.svelte';
import type { Goal } from './goal';
import { Inputs, type Input } from './inputs.svelte';
import { Lookup } from './lookup.svelte';
import { Optimising } from './optimising.svelte';
import { originsOf, type Origins } from './origins';
import type { Outcome, Problem } from './problem';
import { composingOf, order, recipe, type Recipe } from './recipe';
import { Settings } from './settings.svelte';
import { statusOf } from './status';
import type { Last, Saved, State } from './store';

/** Inputs of up to this size together are fused without being asked: it takes less than a second. */
export const AUTOMATIC = 16_000_000;

/** A word to the user, perhaps about something that can be taken back. */
export interface Notice {
  text: string;
  kind: 'info' | 'warning';
  /** Whether it is about the step that can be taken back. */
  undo: boolean;
}

/** What the user has to decide. To close it is to leave all as it is. */
export interface Question {
  title: string;
  text: string;
  choices: { label: string; act: () => void }[];
}

export class Work {
  // Two workers: looking at inputs goes on while others are fused, and a fusion that must end at
  // once takes nothing else with it.
  readonly #looker = new Fuser();
  readonly #maker = new Fuser();

  /** The answer about one result: whoever looks elsewhere and comes back does not have it made again. */
  #origins: { of: Result; outcome: Promise<Outcome<Origins | null>> } | null = null;

  readonly inputs = new Inputs(this.#looker, this.#maker);
  readonly settings = new Settings();
  readonly typed = new Typed();
  readonly fusing = new Fusing(this.#maker);
  readonly wiring = new Lookup<Wired>(({ inputs, composing }) => this.#looker.wire(inputs, composing));
  readonly composed = new Lookup<Document>(({ inputs, composing }) => this.#looker.inspectComposed(inputs, composing));
  /** The same without stubs: what there is to stub. */
  readonly unstubbed = new Lookup<Document>(({ inputs, composing }) => this.#looker.inspectComposed(inputs, composing));

  readonly optimising = new Optimising(this);

  version = $state('');
  notice = $state.raw<Notice | null>(null);
  question = $state.raw<Question | null>(null);
  /** What is being opened, in words. */
  loading = $state<string | null>(null);
  /** The function of the result that its text is to show. */
  goal = $state.raw<Goal | null>(null);
  /** What was before the last step that can be taken back. */
  before = $state.raw<Saved['before']>(null);

  /** Whether there is nothing that could be lost. */
  readonly empty = $derived(this.inputs.list.length === 0 && !this.settings.wac?.text);

  readonly composing = $derived(composingOf(this.settings.kept, this.inputs.list.length));
  /** What there is to fuse, once all inputs are known to be components. */
  readonly recipe = $derived(this.inputs.ready ? recipe(this.inputs.sources, this.composing) : null);
  readonly order = $derived(this.recipe && order(this.recipe, this.settings.kept));
  readonly automatic = $derived(this.inputs.bytes <= AUTOMATIC);
  /** Whether the result belongs to what is on the page now. */
  readonly fresh = $derived(this.fusing.result !== null && this.fusing.result.order.key === this.order?.key);
  /** Why the present order has no result. */
  readonly refusal = $derived(this.fusing.problem?.key === this.order?.key ? (this.fusing.problem?.problem ?? null) : null);
  /** What keeps the inputs from a result, as fusing tells it, or connecting before that. */
  readonly trouble: Problem | null = $derived(this.refusal ?? this.#unconnected);
  readonly status = $derived(statusOf(this));

  get #unconnected(): Problem | null {
    const { of, problem, value } = this.wiring;
    return of?.key === this.recipe?.key ? (problem ?? value?.refused ?? null) : null;
  }

  /** Where the trouble is shown: at an input, at the document, at the stubs, or at none of them. */
  get place(): Input | 'document' | 'stubs' | null {
    const { trouble } = this;
    const { wac, stub } = this.settings;
    if (!trouble) return null;
    if (wac && (trouble.code === 'invalid-wac' || trouble.input === wac.name)) return 'document';
    // A document has errors of this code too, which name no place in it.
    if (!wac && stub.length > 0 && trouble.code === 'invalid-option') return 'stubs';
    return (trouble.input !== null && this.inputs.named(trouble.input)) || null;
  }

  async begin(): Promise<void> {
    const outcome = await this.#looker.version();
    if ('value' in outcome) this.version = outcome.value;
    else this.warn(`The fuser does not start: ${outcome.problem.message}`);
  }

  fuse(): void {
    if (this.order) void this.fusing.run(this.order);
  }

  /** What fusing is worth here, at an example. What measures it is fetched when that is asked for. */
  async worth(): Promise<Worth> {
    const { worth } = await import('../run/worth');
    return worth(this.#looker);
  }

  /** One component made of all inputs of a recipe, unfused. */
  compose({ inputs, composing }: Recipe): Promise<Outcome<Uint8Array>> {
    return this.#looker.compose(inputs, composing);
  }

  /** A result as a component: where it is a core module, fused once more, or wrapped with what was done to it. */
  async asComponent({ order, bytes, optimised }: Result): Promise<Outcome<Uint8Array>> {
    if (order.output === 'component') return { value: bytes };
    if (optimised) return this.wrap(bytes);
    const options = optionsOf({ ...order, output: 'component', wasi: 'as-imported' });
    const outcome = await this.#looker.fuse(order.recipe.inputs, options, () => {});
    return 'value' in outcome ? { value: outcome.value.bytes } : outcome;
  }

  /** A result as a core module: where it is a component, fused once more. */
  async asCore({ order, bytes }: Result): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
    if (order.output === 'core-module') return { value: bytes };
    const options = optionsOf({ ...order, output: 'core-module' });
    const outcome = await this.#looker.fuse(order.recipe.inputs, options, () => {});
    return 'value' in outcome ? { value: outcome.value.bytes } : outcome;
  }

  /** What each function of a result was: fused once more where it does not say. Not of one that was optimised. */
  origins(of: Result): Promise<Outcome<Origins | null>> {
    if (this.#origins?.of !== of) this.#origins = { of, outcome: this.#tellOrigins(of) };
    return this.#origins.outcome;
  }

  async #tellOrigins({ order, bytes }: Result): Promise<Outcome<Origins | null>> {
    if (order.provenance) return { value: originsOf(bytes) };
    const outcome = await this.#looker.fuse(order.recipe.inputs, { ...optionsOf(order), provenance: true }, () => {});
    return 'value' in outcome ? { value: originsOf(outcome.value.bytes) } : outcome;
  }

  /** What a core module needs. */
  needsOf(module: Uint8Array<ArrayBuffer>): Promise<Outcome<Needs>> {
    return this.#looker.needs(module, 'core-module');
  }

  /** The component of a core module that was fused. */
  wrap(bytes: Uint8Array<ArrayBuffer>): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
    return this.#looker.wrap(bytes);
  }

  /** What a result needs of engines and hosts. */
  async needs({ order, bytes }: Result): Promise<Needs> {
    const outcome = await this.#looker.needs(bytes, order.output);
    if ('value' in outcome) return outcome.value;
    throw new Error(outcome.problem.message);
  }

  /** The binary of an input, whatever it was given as. */
  async binary(source: Source): Promise<Outcome<Uint8Array>> {
    return isBinary(source.bytes) ? { value: source.bytes } : this.#looker.compose([source], {});
  }

  rename(input: Input, name: string, pack: string): void {
    if (name === input.name && pack === input.package) return;
    input.name = name;
    input.package = pack;
    this.settings.example = null;
  }

  /** Puts another text in the place of an input's. */
  rewrite(input: Input, text: string): Input | null {
    this.settings.example = null;
    return this.inputs.replace(input, { bytes: new TextEncoder().encode(text) });
  }

  move(input: Input, to: number): void {
    this.inputs.move(input.id, to);
    this.settings.example = null;
  }

  remove(input: Input): void {
    this.remember(`Removed ${input.name}.`);
    this.inputs.remove(input.id);
    this.settings.example = null;
  }

  /** Composes by a document that says how the inputs connect now, but for what is chosen otherwise. */
  writeDocument(choices: Choice[] = []): void {
    const { value, of } = this.wiring;
    const known = value !== null && of?.key === this.recipe?.key && !of?.composing.wac;
    const composition = known ? compositionOf(value, this.inputs.list, choices) : null;
    composition?.packages.forEach((pack, at) => {
      const input = this.inputs.list[at];
      if (input && pack !== null) input.package = pack;
    });
    this.settings.apply({ wac: { name: 'composition.wac', text: composition?.text ?? '' }, example: null });
  }

  startOver(): void {
    this.remember('Started over.');
    this.optimising.stop();
    this.inputs.clear();
    this.settings.reset();
    this.typed.reset();
    this.fusing.clear();
    this.wiring.clear();
    this.composed.clear();
    this.unstubbed.clear();
  }

  /** Puts a work in the place of what is here. Settings that it does not say stay. */
  bring({ inputs, settings, run }: Pick<Last, 'inputs' | 'settings' | 'run'>): void {
    this.inputs.bring(inputs);
    this.settings.apply(settings);
    this.typed.reset(run);
  }

  /** The work as it is kept and shared. */
  get state(): State {
    return { inputs: this.inputs.parts, settings: this.settings.kept, run: this.typed.kept };
  }

  warn(text: string, undo = false): void {
    this.notice = { text, kind: 'warning', undo };
  }

  tell(text: string, undo = false): void {
    this.notice = { text, kind: 'info', undo };
  }

  /** To be called before a step that can be taken back. `step` says what it does, in a sentence. */
  remember(step: string): void {
    this.before = { ...this.state, step };
    this.tell(step, true);
  }

  takeBack(): void {
    if (!this.before) return;
    this.bring(this.before);
    this.before = null;
    this.notice = null;
  }
}
