// WIT types as forms, printing and conversion see them: named types followed, resources by identity.
// In: a resolve and a type in it. Out: a `Type`. Not its job: values.

import { interfaceId, type WitResolve, type WitTypeKind, type WitTypeRef } from './wit';

export interface Named {
  name: string;
  type: Type;
}

export interface Case {
  name: string;
  type: Type | null;
}

/** A resource type that the component exports. */
export interface Resource {
  /** Its index among the types: what makes it another than one of the same name. */
  id: number;
  name: string;
}

/** A type, and the name that the WIT gives it, if it does. */
export type Type = Shape & { named?: string };

type Shape =
  | { kind: 'bool' }
  | { kind: 'integer'; name: string; min: bigint; max: bigint }
  | { kind: 'float'; bits: 32 | 64 }
  | { kind: 'char' }
  | { kind: 'string' }
  /** A `list<u8>`. */
  | { kind: 'bytes' }
  /** `length` is null, or that of a list of fixed length. */
  | { kind: 'list'; element: Type; length: number | null }
  | { kind: 'map'; key: Type; value: Type }
  | { kind: 'tuple'; items: Type[] }
  | { kind: 'record'; fields: Named[] }
  | { kind: 'variant'; cases: Case[] }
  | { kind: 'enum'; names: string[] }
  | { kind: 'option'; some: Type }
  | { kind: 'result'; ok: Type | null; err: Type | null }
  | { kind: 'flags'; names: string[] }
  | { kind: 'handle'; owned: boolean; resource: Resource };

/** A type that no form can be made for, as a stream or a resource of the host. */
export class Unsupported extends Error {}

const integer = (name: string, bits: bigint): Type =>
  name.startsWith('u')
    ? { kind: 'integer', name, min: 0n, max: (1n << bits) - 1n }
    : { kind: 'integer', name, min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n };

const PRIMITIVES = new Map<string, Type>([
  ['bool', { kind: 'bool' }],
  ['char', { kind: 'char' }],
  ['string', { kind: 'string' }],
  ['f32', { kind: 'float', bits: 32 }],
  ['f64', { kind: 'float', bits: 64 }],
  ...['u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64'].map(
    (name): [string, Type] => [name, integer(name, BigInt(name.slice(1)))],
  ),
]);

/** Types of one resolve. Each named type is made once, so that deep sharing stays small. */
export class Types {
  readonly #resolve: WitResolve;
  readonly #exported: ReadonlySet<number>;
  readonly #made = new Map<number, Type>();

  /** `exported`: the interfaces that the component exports, for only their resources have values. */
  constructor(resolve: WitResolve, exported: ReadonlySet<number>) {
    this.#resolve = resolve;
    this.#exported = exported;
  }

  of(ref: WitTypeRef): Type {
    if (typeof ref === 'string') {
      const primitive = PRIMITIVES.get(ref);
      if (!primitive) throw new Unsupported(`no form for a value of type ${ref}`);
      return primitive;
    }
    let type = this.#made.get(ref);
    if (!type) {
      const { kind, name } = this.#definition(ref);
      type = this.#make(kind);
      if (name !== null) type = { ...type, named: name };
      this.#made.set(ref, type);
    }
    return type;
  }

  /** The resource that a type is, whatever names it goes by. */
  resource(ref: number): Resource {
    const { kind, name, owner } = this.#definition(ref);
    if (typeof kind === 'object' && 'type' in kind && typeof kind.type === 'number') {
      return this.resource(kind.type);
    }
    if (kind !== 'resource' || name === null) throw new Unsupported(`type ${ref} is no resource`);
    if (!owner || !('interface' in owner) || !this.#exported.has(owner.interface)) {
      throw new Unsupported(`${this.#where(owner, name)} is a resource of the host`);
    }
    return { id: ref, name };
  }

  #definition(index: number) {
    const found = this.#resolve.types[index];
    if (!found) throw new Unsupported(`there is no type ${index}`);
    return found;
  }

  #where(owner: { interface: number } | { world: number } | null, name: string): string {
    const of = owner && 'interface' in owner ? this.#resolve.interfaces[owner.interface] : undefined;
    const id = of && interfaceId(this.#resolve, of);
    return id ? `${name} of ${id}` : name;
  }

  #make(kind: WitTypeKind): Type {
    if (kind === 'resource') throw new Unsupported('a resource is no value, only its handles are');
    if ('type' in kind) return this.of(kind.type);
    if ('list' in kind) return this.#list(kind.list, null);
    if ('fixed-length-list' in kind) return this.#list(...kind['fixed-length-list']);
    if ('map' in kind) return { kind: 'map', key: this.of(kind.map[0]), value: this.of(kind.map[1]) };
    if ('tuple' in kind) return { kind: 'tuple', items: kind.tuple.types.map((type) => this.of(type)) };
    if ('record' in kind) {
      const fields = kind.record.fields.map(({ name, type }) => ({ name, type: this.of(type) }));
      return { kind: 'record', fields };
    }
    if ('variant' in kind) {
      const cases = kind.variant.cases.map(({ name, type }) => ({ name, type: this.#payload(type) }));
      return { kind: 'variant', cases };
    }
    if ('enum' in kind) return { kind: 'enum', names: kind.enum.cases.map(({ name }) => name) };
    if ('flags' in kind) return { kind: 'flags', names: kind.flags.flags.map(({ name }) => name) };
    if ('option' in kind) return { kind: 'option', some: this.of(kind.option) };
    if ('result' in kind) {
      return { kind: 'result', ok: this.#payload(kind.result.ok), err: this.#payload(kind.result.err) };
    }
    if ('handle' in kind) {
      const owned = 'own' in kind.handle;
      const of = 'own' in kind.handle ? kind.handle.own : kind.handle.borrow;
      return { kind: 'handle', owned, resource: this.resource(of) };
    }
    throw new Unsupported(`no form for a value of type ${Object.keys(kind).join()}`);
  }

  #payload(ref: WitTypeRef | null): Type | null {
    return ref === null ? null : this.of(ref);
  }

  #list(ref: WitTypeRef, length: number | null): Type {
    const element = this.of(ref);
    if (element.kind === 'integer' && element.name === 'u8' && length === null) return { kind: 'bytes' };
    return { kind: 'list', element, length };
  }
}

/** As WIT writes it, with names where it has them. */
export function typeName(type: Type): string {
  if (type.named !== undefined) return type.named;
  switch (type.kind) {
    case 'integer':
      return type.name;
    case 'float':
      return `f${type.bits}`;
    case 'bytes':
      return 'list<u8>';
    case 'list':
      return `list<${typeName(type.element)}${type.length === null ? '' : `, ${type.length}`}>`;
    case 'map':
      return `map<${typeName(type.key)}, ${typeName(type.value)}>`;
    case 'tuple':
      return `tuple<${type.items.map(typeName).join(', ')}>`;
    case 'option':
      return `option<${typeName(type.some)}>`;
    case 'result':
      return resultName(type.ok, type.err);
    case 'handle':
      return type.owned ? type.resource.name : `borrow<${type.resource.name}>`;
    default:
      return type.kind;
  }
}

function resultName(ok: Type | null, err: Type | null): string {
  if (err) return `result<${ok ? typeName(ok) : '_'}, ${typeName(err)}>`;
  return ok ? `result<${typeName(ok)}>` : 'result';
}
