// The inputs: their order, names and bytes, and what `inspect` says about each. Not its job: how
// they connect, and fusing.

import type { Document } from './document';
import type { NamedBytes } from './files';
import type { Fuser, Source } from './fuser';
import type { Problem } from './problem';
import type { Part } from './store';

export interface Kept {
  id: string;
  name: string;
  package: string;
  /** Where it was fetched from, unless it was given as bytes. */
  url: string | null;
}

let made = 0;

/** An id that no input of this or of an earlier visit has. */
export function newId(): string {
  return `${Date.now().toString(36)}-${made++}`;
}

export class Input {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly url: string | null;
  name = $state('');
  package = $state('');
  looked = $state.raw<Document | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(kept: Kept, bytes: Uint8Array<ArrayBuffer>) {
    this.id = kept.id;
    this.url = kept.url;
    this.bytes = bytes;
    this.name = kept.name;
    this.package = kept.package;
  }

  get kept(): Kept {
    return { id: this.id, name: this.name, package: this.package, url: this.url };
  }

  get source(): Source {
    return { id: this.id, name: this.name, package: this.package, bytes: this.bytes };
  }
}

export class Inputs {
  #fuser: Fuser;
  /** All that are sent inputs. */
  #fusers: Fuser[];
  list = $state<Input[]>([]);
  /** The one that is looked at. */
  selectedId = $state<string | null>(null);

  readonly selected = $derived(this.list.find(({ id }) => id === this.selectedId) ?? this.list[0] ?? null);
  readonly broken = $derived(this.list.filter(({ problem }) => problem));
  readonly ready = $derived(this.list.length > 0 && this.list.every(({ looked }) => looked));
  readonly bytes = $derived(this.list.reduce((sum, { bytes }) => sum + bytes.length, 0));
  /** The inputs as they are kept. */
  readonly parts: Part[] = $derived(this.list.map(({ kept, bytes }) => ({ kept, bytes })));
  readonly sources = $derived(this.list.map(({ source }) => source));

  /** `fuser` looks at the inputs; `others` get them too. */
  constructor(fuser: Fuser, ...others: Fuser[]) {
    this.#fuser = fuser;
    this.#fusers = [fuser, ...others];
  }

  add(files: NamedBytes[]): void {
    for (const { name, package: pack = '', url = null, bytes } of files) this.#push({ id: newId(), name, package: pack, url }, bytes);
  }

  /** Puts other bytes in the place of an input, under its name. Out: what is there now, unless that input is gone. */
  replace(old: Input, { bytes, url = null }: Omit<NamedBytes, 'name'>): Input | null {
    const at = this.list.indexOf(old);
    if (at < 0) return null;
    const input = new Input({ ...old.kept, id: newId(), url }, bytes);
    this.list.splice(at, 1, input);
    this.#forget(old.id);
    if (this.selectedId === old.id) this.selectedId = input.id;
    void this.#look(input);
    return input;
  }

  /** Puts these in the place of all. Those that are here already need not be looked at again. */
  bring(parts: Part[]): void {
    const here = new Map(this.list.map((input) => [input.id, input]));
    const there = new Set(parts.map(({ kept }) => kept.id));
    for (const id of here.keys()) if (!there.has(id)) this.#forget(id);
    this.list = [];
    for (const { kept, bytes } of parts) {
      const input = here.get(kept.id);
      if (!input) {
        this.#push(kept, bytes);
        continue;
      }
      input.name = kept.name;
      input.package = kept.package;
      this.list.push(input);
    }
  }

  #push(kept: Kept, bytes: Uint8Array<ArrayBuffer>): void {
    const input = new Input(kept, bytes);
    this.list.push(input);
    void this.#look(input);
  }

  remove(id: string): void {
    this.list = this.list.filter((input) => input.id !== id);
    this.#forget(id);
  }

  clear(): void {
    for (const { id } of this.list) this.#forget(id);
    this.list = [];
    this.selectedId = null;
  }

  /** Puts the input at `to`, counted after it was taken out. */
  move(id: string, to: number): void {
    const from = this.list.findIndex((input) => input.id === id);
    if (from < 0 || to < 0 || to >= this.list.length) return;
    this.list.splice(to, 0, ...this.list.splice(from, 1));
  }

  named(name: string): Input | undefined {
    return this.list.find((input) => input.name === name);
  }

  /** A name in the manner of `pasted-2.wat` that no input has. */
  freeName(stem: string, extension: string): string {
    for (let number = 1; ; number++) {
      const name = `${stem}-${number}.${extension}`;
      if (!this.named(name)) return name;
    }
  }

  #forget(id: string): void {
    for (const fuser of this.#fusers) fuser.forget(id);
  }

  async #look(input: Input): Promise<void> {
    const outcome = await this.#fuser.inspect(input.source);
    if ('value' in outcome) input.looked = outcome.value;
    else input.problem = outcome.problem;
  }
}
