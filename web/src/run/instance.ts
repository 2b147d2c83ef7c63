// One instance of a component, as jco's JavaScript runs it, and the handles that it has given out.
// In: what was prepared, then calls. Out: how each call ended. Lives in a worker.

import type { ImportObject } from './host';
import type { Call, Ended, Kept, PreparedComponent, Sample } from './protocol';
import { timed } from './repeat';
import type { Named, Resource, Type } from './types';
import { fromJs, Mismatch, resultValue, toJs, type Handles } from './values';
import { NotTranslated } from './transpile';

type Exports = Record<string, unknown>;
type Callee = (...args: unknown[]) => unknown;

interface Generated {
  instantiate(getCoreModule: (path: string) => WebAssembly.Module, imports: ImportObject): Promise<Exports>;
}

interface Held {
  handle: object;
  resource: Resource;
}

export class Instance {
  readonly #exports: Exports;
  readonly #held = new Map<string, Held>();

  static async make(prepared: PreparedComponent, imports: ImportObject): Promise<Instance> {
    const unmet = prepared.imports.filter((name) => !(name in imports));
    if (unmet.length > 0) throw new NotTranslated(`nothing in the page meets the import ${unmet.join(', ')}`);
    const url = URL.createObjectURL(new Blob([prepared.source], { type: 'text/javascript' }));
    try {
      const generated = (await import(/* @vite-ignore */ url)) as Generated;
      return new Instance(await generated.instantiate((path) => moduleOf(prepared, path), imports));
    } catch (error) {
      // Where there are async functions, jco's code uses it at once.
      if (!(error instanceof TypeError) || 'promising' in WebAssembly) throw error;
      const missing = 'this browser has no WebAssembly.promising, which jco needs for async functions';
      throw new NotTranslated(`${missing}: ${error.message}`);
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  private constructor(exports: Exports) {
    this.#exports = exports;
  }

  async command(name: string): Promise<Ended> {
    const { run } = object(this.#exports[name], name);
    try {
      await callee(run, 'run')();
      return { how: 'exited', code: 0 };
    } catch (error) {
      // `run` gives an empty result: to fail is to throw an empty payload.
      return isThrownResult(error) ? { how: 'exited', code: 1 } : unwound(error);
    }
  }

  async call(call: Call): Promise<{ ended: Ended; kept: Kept[]; gone: string[] }> {
    const transfer = new Transfer(this.#held, call.keepAs);
    const { result } = call;
    let ended: Ended;
    try {
      const args = call.params.map((param, index) => argument(param, call, index, transfer));
      try {
        const js = await this.#invoke(call, args);
        ended = { how: 'returned', value: result === null ? null : returned(result, js, transfer) };
      } catch (error) {
        if (result?.kind !== 'result' || !isThrownResult(error)) throw error;
        ended = { how: 'returned', value: resultValue(result, false, error.payload, transfer) };
      }
    } catch (error) {
      ended = error instanceof Mismatch ? { how: 'failed', message: error.message } : unwound(error);
    }
    return { ended, kept: transfer.kept, gone: transfer.settle() };
  }

  /** Calls so many times in a row. What the calls return is let go; one that traps ends it. */
  repeat(call: Call, times: number): Promise<Sample[]> {
    const transfer = new Transfer(this.#held, call.keepAs);
    const args = call.params.map((param, index) => argument(param, call, index, transfer));
    // The error of a `result` is a value.
    const failed = (error: unknown) => {
      if (call.result?.kind !== 'result' || !isThrownResult(error)) throw error;
    };
    const once = (): Promise<void> | null => {
      try {
        const result = this.#invoke(call, args);
        return result instanceof Promise ? result.then(() => undefined, failed) : null;
      } catch (error) {
        failed(error);
        return null;
      }
    };
    return timed(once, times);
  }

  drop(name: string): void {
    const held = this.#held.get(name);
    this.#held.delete(name);
    if (held) dispose(held.handle);
  }

  #invoke({ place, kind }: Call, args: unknown[]): unknown {
    const within = place.export === null ? this.#exports : object(this.#exports[place.export], place.export);
    if (place.class === null) return callee(within[place.member], place.member)(...args);
    if (kind === 'method') {
      const [self, ...rest] = args;
      const method = object(self, 'self')[place.member];
      return callee(method, place.member).apply(self, rest);
    }
    const owner = within[place.class];
    if (typeof owner !== 'function') throw new Mismatch(`jco's code has no class ${place.class}`);
    if (kind === 'constructor') return Reflect.construct(owner, args) as object;
    return callee((owner as unknown as Exports)[place.member], place.member).apply(owner, args);
  }
}

/** The handles that one call takes and gives. */
class Transfer implements Handles {
  readonly kept: Kept[] = [];
  readonly #held: Map<string, Held>;
  readonly #keepAs: string;
  readonly #given: string[] = [];

  constructor(held: Map<string, Held>, keepAs: string) {
    this.#held = held;
    this.#keepAs = keepAs;
  }

  take(name: string, { owned, resource }: Type & { kind: 'handle' }): object {
    const held = this.#held.get(name);
    if (held?.resource.id !== resource.id) throw new Mismatch(`there is no ${resource.name} ${name} here`);
    if (this.#given.includes(name)) throw new Mismatch(`${name} is given away and cannot be used twice`);
    if (owned) this.#given.push(name);
    return held.handle;
  }

  keep(handle: object, resource: Resource): string {
    const count = this.kept.length;
    const name = `${resource.name} ${this.#keepAs}${count === 0 ? '' : `.${count + 1}`}`;
    this.#held.set(name, { handle, resource });
    this.kept.push({ name, resource: resource.id });
    return name;
  }

  /** Forgets the handles that the call took for good. */
  settle(): string[] {
    for (const name of this.#given) this.#held.delete(name);
    return this.#given;
  }
}

function argument(param: Named, call: Call, index: number, handles: Handles): unknown {
  const value = call.args[index];
  if (!value) throw new Mismatch(`${param.name} is missing`);
  return toJs(param.type, value, handles);
}

function returned(result: Type, js: unknown, handles: Handles) {
  return result.kind === 'result' ? resultValue(result, true, js, handles) : fromJs(result, js, handles);
}

/** How jco throws the error of a `result`: with a payload, unlike a trap. */
function isThrownResult(error: unknown): error is { payload: unknown } {
  return error instanceof Error && Object.hasOwn(error, 'payload');
}

export function unwound(error: unknown): Ended {
  // preview2-shim's `exit` throws this.
  if (error instanceof Error && 'exitError' in error && 'code' in error) {
    return { how: 'exited', code: Number(error.code) };
  }
  // The engine's traps, and those of the Canonical ABI that jco throws like them; a stack overflow is one too.
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
    return { how: 'trapped', message: error.message };
  }
  return { how: 'threw', message: String(error) };
}

function moduleOf(prepared: PreparedComponent, path: string): WebAssembly.Module {
  const found = prepared.modules.get(path);
  if (!found) throw new NotTranslated(`jco made no ${path}`);
  return found;
}

function object(value: unknown, name: string): Exports {
  if (typeof value !== 'object' || value === null) throw new Mismatch(`jco's code has no ${name}`);
  return value as Exports;
}

function callee(value: unknown, name: string): Callee {
  if (typeof value !== 'function') throw new Mismatch(`jco's code has no function ${name}`);
  return value as Callee;
}

function dispose(handle: object): void {
  const symbol: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('dispose');
  const drop = (handle as Record<symbol, unknown>)[symbol];
  if (typeof drop === 'function') drop.call(handle);
}
