// What `wasm-tools component wit --json` tells about a component, as far as running needs it.
// In: that JSON, parsed. Out: its types, and the world that describes the component.

/** A type: the name of a primitive one, or an index into `types`. */
export type WitTypeRef = string | number;

interface Docs {
  docs?: { contents: string | null };
}

export interface WitParameter {
  name: string;
  type: WitTypeRef;
}

export type WitFunctionKind =
  | 'freestanding'
  | 'async-freestanding'
  | { method: number }
  | { static: number }
  | { constructor: number }
  | { 'async-method': number }
  | { 'async-static': number };

export interface WitFunction extends Docs {
  name: string;
  kind: WitFunctionKind;
  params: WitParameter[];
  result?: WitTypeRef | null;
}

export type WitTypeKind =
  | 'resource'
  | { record: { fields: { name: string; type: WitTypeRef }[] } }
  | { tuple: { types: WitTypeRef[] } }
  | { variant: { cases: { name: string; type: WitTypeRef | null }[] } }
  | { enum: { cases: { name: string }[] } }
  | { flags: { flags: { name: string }[] } }
  | { option: WitTypeRef }
  | { result: { ok: WitTypeRef | null; err: WitTypeRef | null } }
  | { list: WitTypeRef }
  | { 'fixed-length-list': [WitTypeRef, number] }
  | { map: [WitTypeRef, WitTypeRef] }
  | { handle: { own: number } | { borrow: number } }
  | { type: WitTypeRef };

export interface WitType extends Docs {
  name: string | null;
  /** Kinds that are not listed, as `stream`, stay what they are: an object with one member. */
  kind: WitTypeKind;
  owner: { interface: number } | { world: number } | null;
}

export interface WitInterface extends Docs {
  name: string | null;
  types: Record<string, number>;
  functions: Record<string, WitFunction>;
  package: number | null;
}

export type WitWorldItem =
  | { interface: { id: number } }
  | { function: WitFunction }
  | { type: number | { id: number } };

export interface WitWorld extends Docs {
  name: string;
  imports: Record<string, WitWorldItem>;
  exports: Record<string, WitWorldItem>;
  package: number | null;
}

export interface WitResolve {
  worlds: WitWorld[];
  interfaces: WitInterface[];
  types: WitType[];
  packages: { name: string }[];
}

/** The package that stands for a component without one of its own. */
const COMPONENT = 'root:component';

/** The world that describes the component itself. */
export function worldOf(resolve: WitResolve): WitWorld {
  const own = resolve.worlds.filter((world) => packageName(resolve, world.package) === COMPONENT);
  const [world] = own;
  if (!world || own.length > 1) throw new Error(`not one world of ${COMPONENT}, but ${own.length}`);
  return world;
}

/** `ns:name/interface@version`, or null for an interface that is written inside a world. */
export function interfaceId(resolve: WitResolve, of: WitInterface): string | null {
  const name = packageName(resolve, of.package);
  if (of.name === null || name === null) return null;
  const at = name.indexOf('@');
  return at < 0 ? `${name}/${of.name}` : `${name.slice(0, at)}/${of.name}${name.slice(at)}`;
}

function packageName(resolve: WitResolve, index: number | null): string | null {
  return index === null ? null : (resolve.packages[index]?.name ?? null);
}
