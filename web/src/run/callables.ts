// What a component offers to run, and what it needs that a page has not.
// In: a resolve. Out: the functions with their types, whether it is a command, and unmet imports.

import { lowerCamel, upperCamel } from './names';
import { Types, Unsupported, type Named, type Resource, type Type } from './types';
import { interfaceId, worldOf, type WitFunction, type WitResolve, type WitWorldItem } from './wit';
import { isProvided } from './provided';

/** Where jco's JavaScript has a function: under which export, and of which class. */
export interface Place {
  export: string | null;
  class: string | null;
  member: string;
}

export interface Callable {
  /** Tells functions of one component apart. */
  id: string;
  /** The interface, or null for a function of the world. */
  interface: string | null;
  /** As in WIT, with the resource: `guest-book.greet`. */
  label: string;
  kind: 'function' | 'constructor' | 'static' | 'method';
  isAsync: boolean;
  /** Of a method, the first is `self`. */
  params: Named[];
  result: Type | null;
  place: Place;
  docs: string | null;
}

/** A function that is exported and that no form can be made for. */
export interface Excluded {
  label: string;
  why: string;
}

export interface Offer {
  /** The exported `wasi:cli/run`, by its whole name, or null. */
  command: string | null;
  callables: Callable[];
  excluded: Excluded[];
  /** Imports that neither WASI nor the page meets, by name. */
  unmet: string[];
}

const COMMAND = /^wasi:cli\/run@0\.2\.\d+$/;

export function offerOf(resolve: WitResolve): Offer {
  const world = worldOf(resolve);
  const exports = Object.entries(world.exports);
  const exported = new Set(exports.flatMap(([, item]) => ('interface' in item ? [item.interface.id] : [])));
  const reader = new Reader(resolve, new Types(resolve, exported));
  for (const [key, item] of exports) reader.add(key, item);
  const unmet = Object.entries(world.imports).flatMap(([key, item]) => unmetName(resolve, key, item));
  return { ...reader.offer, unmet };
}

function unmetName(resolve: WitResolve, key: string, item: WitWorldItem): string[] {
  if ('type' in item) return [];
  if ('function' in item) return [key];
  const of = resolve.interfaces[item.interface.id];
  if (!of) return [key];
  const name = interfaceId(resolve, of) ?? key;
  const resources = Object.values(of.types).some((type) => resolve.types[type]?.kind === 'resource');
  const needsSomething = resources || Object.keys(of.functions).length > 0;
  return needsSomething && !isProvided(name) ? [name] : [];
}

class Reader {
  readonly offer: Omit<Offer, 'unmet'> = { command: null, callables: [], excluded: [] };
  readonly #resolve: WitResolve;
  readonly #types: Types;

  constructor(resolve: WitResolve, types: Types) {
    this.#resolve = resolve;
    this.#types = types;
  }

  add(key: string, item: WitWorldItem): void {
    if ('function' in item) this.#function(null, null, item.function);
    if (!('interface' in item)) return;
    const of = this.#resolve.interfaces[item.interface.id];
    if (!of) return;
    const id = interfaceId(this.#resolve, of);
    if (id !== null && COMMAND.test(id)) {
      this.offer.command = id;
      return;
    }
    for (const called of Object.values(of.functions)) {
      this.#function(id ?? key, id ?? lowerCamel(key), called);
    }
  }

  #function(within: string | null, exportName: string | null, called: WitFunction): void {
    const { name } = called;
    try {
      const { kind, isAsync, resource, member } = this.#kind(called);
      const label = resource ? `${resource.name}${kind === 'constructor' ? '' : `.${member}`}` : name;
      this.offer.callables.push({
        id: `${within ?? ''}#${name}`,
        interface: within,
        label,
        kind,
        isAsync,
        params: called.params.map((param) => ({ name: param.name, type: this.#types.of(param.type) })),
        result: called.result === undefined || called.result === null ? null : this.#types.of(called.result),
        place: {
          export: exportName,
          class: resource ? upperCamel(resource.name) : null,
          member: lowerCamel(member),
        },
        docs: called.docs?.contents ?? null,
      });
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.offer.excluded.push({ label: within ? `${within}#${name}` : name, why: error.message });
    }
  }

  #kind({ kind, name }: WitFunction): Pick<Callable, 'kind' | 'isAsync'> & { resource: Resource | null; member: string } {
    if (kind === 'freestanding') return { kind: 'function', isAsync: false, resource: null, member: name };
    if (kind === 'async-freestanding') return { kind: 'function', isAsync: true, resource: null, member: name };
    // `[method]resource.member`
    const member = name.slice(name.indexOf('.') + 1);
    const resource = (id: number) => ({ resource: this.#types.resource(id), member });
    if ('method' in kind) return { kind: 'method', isAsync: false, ...resource(kind.method) };
    if ('static' in kind) return { kind: 'static', isAsync: false, ...resource(kind.static) };
    if ('async-method' in kind) return { kind: 'method', isAsync: true, ...resource(kind['async-method']) };
    if ('async-static' in kind) return { kind: 'static', isAsync: true, ...resource(kind['async-static']) };
    return { kind: 'constructor', isAsync: false, ...resource(kind.constructor), member: 'new' };
  }
}
