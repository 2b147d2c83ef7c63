// The work on the page: inputs, settings, and what follows from them. Made once, by the page. In:
// what the user does. Out: state for the views. Not its job: how anything looks.

import type { WacSource } from 'meld-fuser';
import type { Wired } from '../workers/fuser.worker';
import type { Document } from './document';
import { examples, fetchInputs } from './examples';
import { isBinary, isComponentText, isWac, textOf, type NamedBytes, type Picked } from './files';
import { Fuser, type Source } from './fuser';
import { Fusing, optionsOf, type Result } from './fusing.svelte';
import { Inputs, newId, type Input } from './inputs.svelte';
import { Lookup } from './lookup.svelte';
import { messageOf, type Outcome, type Problem } from './problem';
import { composingOf, order, recipe, type Recipe } from './recipe';
import { BY_ITSELF, Settings, type KeptSettings } from './settings.svelte';
import { statusOf } from './status';

/** Inputs of up to this size together are fused without being asked: it takes less than a second. */
export const AUTOMATIC = 16_000_000;

/** A word to the user, perhaps about something that can be taken back. */
export interface Notice {
  text: string;
  kind: 'info' | 'warning';
  undo: (() => void) | null;
}

export class Work {
  // Two workers: looking at inputs goes on while others are fused, and a fusion that must end at
  // once takes nothing else with it.
  readonly #looker = new Fuser();
  readonly #maker = new Fuser();

  readonly inputs = new Inputs(this.#looker, this.#maker);
  readonly settings = new Settings();
  readonly fusing = new Fusing(this.#maker);
  readonly wiring = new Lookup<Wired>(({ inputs, composing }) => this.#looker.wire(inputs, composing));
  readonly composed = new Lookup<Document>(({ inputs, composing }) => this.#looker.inspectComposed(inputs, composing));
  /** The same without stubs: what there is to stub. */
  readonly unstubbed = new Lookup<Document>(({ inputs, composing }) => this.#looker.inspectComposed(inputs, composing));

  /** Counts the examples that were asked for: the last one counts. */
  #opening = 0;

  version = $state('');
  notice = $state.raw<Notice | null>(null);
  loading = $state<string | null>(null);

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

  /** One component made of all inputs of a recipe, unfused. */
  compose({ inputs, composing }: Recipe): Promise<Outcome<Uint8Array>> {
    return this.#looker.compose(inputs, composing);
  }

  /** A result as a component: where it is a core module, fused once more. */
  async asComponent({ order, bytes }: Result): Promise<Outcome<Uint8Array>> {
    if (order.output === 'component') return { value: bytes };
    const options = optionsOf({ ...order, output: 'component', wasi: 'as-imported' });
    const outcome = await this.#looker.fuse(order.recipe.inputs, options, () => {});
    return 'value' in outcome ? { value: outcome.value.bytes } : outcome;
  }

  /** The binary of an input, whatever it was given as. */
  async binary(source: Source): Promise<Outcome<Uint8Array>> {
    return isBinary(source.bytes) ? { value: source.bytes } : this.#looker.compose([source], {});
  }

  take({ files, aside }: Picked): void {
    const documents: WacSource[] = [];
    const garbled: string[] = [];
    for (const { name, bytes } of files.filter(({ name }) => isWac(name))) {
      const text = textOf(bytes);
      if (text === null) garbled.push(name);
      else documents.push({ name, text });
    }
    const components = files.filter(({ name }) => !isWac(name));
    const undo = this.#undo();
    this.inputs.add(components);
    const last = documents.at(-1) ?? null;
    const replaced = last && this.settings.wac?.text ? this.settings.wac.name : null;
    if (last) this.settings.wac = last;
    if (components.length > 0 || last) this.settings.example = null;
    const words = garbled.map((name) => `Cannot read ${name}: it is not UTF-8.`);
    if (last && replaced) words.push(`${last.name} takes the place of the document ${replaced}.`);
    if (documents.length > 1) words.push(`Of ${documents.length} documents the last one counts: ${last?.name}.`);
    if (aside > 0) words.push(`Left aside ${aside} ${aside === 1 ? 'file' : 'files'} not named .wasm, .wat or .wac.`);
    if (words.length > 0) this.notice = { text: words.join(' '), kind: garbled.length > 0 ? 'warning' : 'info', undo };
  }

  takeText(text: string): void {
    const bytes = new TextEncoder().encode(text);
    const file: NamedBytes = isComponentText(text)
      ? { name: this.inputs.freeName('pasted', 'wat'), bytes }
      : { name: 'pasted.wac', bytes };
    this.take({ files: [file], aside: 0 });
  }

  rename(input: Input, name: string, pack: string): void {
    if (name === input.name && pack === input.package) return;
    input.name = name;
    input.package = pack;
    this.settings.example = null;
  }

  move(input: Input, to: number): void {
    this.inputs.move(input.id, to);
    this.settings.example = null;
  }

  remove(input: Input): void {
    const undo = this.#undo();
    this.inputs.remove(input.id);
    this.settings.example = null;
    this.notice = { text: `Removed ${input.name}.`, kind: 'info', undo };
  }

  startOver(): void {
    const undo = this.#undo();
    this.inputs.clear();
    this.settings.reset();
    this.fusing.clear();
    this.wiring.clear();
    this.composed.clear();
    this.unstubbed.clear();
    this.notice = { text: 'Started over.', kind: 'info', undo };
  }

  /** Puts an example in the place of all inputs, with what a link says about it. */
  async open(id: string, said: Partial<KeptSettings> = {}): Promise<void> {
    const turn = ++this.#opening;
    this.loading = id;
    try {
      const example = (await examples()).find((one) => one.id === id);
      if (!example) throw new Error(`there is no example ${id}`);
      const files = await fetchInputs(example);
      if (turn !== this.#opening) return;
      const undo = this.inputs.list.length > 0 || this.settings.wac ? this.#undo() : null;
      this.inputs.clear();
      for (const { name, package: pack, bytes } of files) {
        this.inputs.take({ id: newId(), name, package: pack }, bytes);
      }
      this.settings.apply({ ...BY_ITSELF, wac: example.wac ?? null, ...said, example: id });
      this.notice = undo && { text: `Opened the example “${example.title}” in place of the inputs.`, kind: 'info', undo };
    } catch (error) {
      if (turn === this.#opening) this.warn(`The example could not be opened: ${messageOf(error)}`);
    } finally {
      if (turn === this.#opening) this.loading = null;
    }
  }

  warn(text: string, undo: Notice['undo'] = null): void {
    this.notice = { text, kind: 'warning', undo };
  }

  #undo(): () => void {
    const list = [...this.inputs.list];
    const { selectedId } = this.inputs;
    const { kept } = this.settings;
    return () => {
      this.inputs.list = list;
      this.inputs.selectedId = selectedId;
      this.settings.apply(kept);
      this.notice = null;
    };
  }
}
