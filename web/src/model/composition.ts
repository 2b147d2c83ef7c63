// The WAC document that says what a wiring is. In: how inputs connect, and the inputs. Out: the text,
// and the package of each input in it. What is ambiguous is left to whoever goes on writing, or to a
// choice. Not its job: to match anything by itself.

import type { ExportOf } from 'meld-fuser';
import type { Wired } from '../workers/fuser.worker';

export interface Composition {
  text: string;
  /** In the order of the inputs; null where the name of the file says it. */
  packages: (string | null)[];
}

/** Which of several exports meets the import of an instance. */
export interface Choice {
  instance: number;
  import: string;
  export: ExportOf;
}

/** A label of WIT, from any name: words of letters and digits, with hyphens. */
function label(name: string): string {
  const stem = name.split('/').at(-1)?.replace(/\.[^.]*$/, '') ?? '';
  const words = stem.toLowerCase().split(/[^a-z0-9]+/).filter((word) => /^[a-z]/.test(word));
  return words.join('-') || 'part';
}

/** WAC takes these for words of its own, and `%` in front makes a name of them. */
const KEYWORDS = new Set(
  'import with type tuple list option result borrow resource variant record flags enum func static constructor u8 s8 u16 s16 u32 s32 u64 s64 f32 f64 char bool string interface world export new let use include package as targets'.split(' '),
);

/** The same names, each of which nothing else has. */
function distinct(names: string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let one = name;
    for (let number = 2; seen.has(one); number++) one = `${name}-x${number}`;
    seen.add(one);
    return one;
  });
}

const quoted = (name: string) => `"${name}"`;

/** `inputs`: their names and packages, where they have one. Of a wiring without a document. */
export function compositionOf(wired: Wired, inputs: { name: string; package: string }[], choices: Choice[] = []): Composition {
  const labels = distinct(inputs.map(({ name }) => label(name)));
  const packages = inputs.map(({ package: given }, at) => given || `local:${labels[at]}`);
  const names = labels.map((name) => (KEYWORDS.has(name) ? `%${name}` : name));
  const nameOf = (instance: number) => names[wired.instances[instance]?.input ?? -1] ?? 'part';
  const metBy = (instance: number, name: string): ExportOf | null => {
    const chosen = choices.find((one) => one.instance === instance && one.import === name);
    if (chosen) return chosen.export;
    const found = wired.connections.find((one) => one.instance === instance && one.import === name);
    return found?.metBy.tag === 'export' ? found.metBy.val : null;
  };
  const args = wired.instances.map((_, instance) =>
    wired.connections.flatMap((one) => {
      const by = one.instance === instance ? metBy(instance, one.import) : null;
      return by ? [{ name: one.import, by }] : [];
    }),
  );
  const lines = ['package local:composition;', ''];
  for (const instance of inOrder(args.map((of) => of.map(({ by }) => by.instance)))) {
    const given = (args[instance] ?? []).map(({ name, by }) => `  ${quoted(name)}: ${nameOf(by.instance)}[${quoted(by.name)}],\n`).join('');
    const pack = packages[wired.instances[instance]?.input ?? -1];
    // The three dots leave every other import to the host.
    lines.push(given === '' ? `let ${nameOf(instance)} = new ${pack} { ... };` : `let ${nameOf(instance)} = new ${pack} {\n${given}  ...\n};`);
  }
  lines.push('');
  if (wired.exports.length > 0) {
    for (const { as, of } of wired.exports) {
      if (of) lines.push(`export ${nameOf(of.instance)}[${quoted(of.name)}]${as === of.name ? '' : ` as ${quoted(as)}`};`);
    }
  } else {
    // What is refused says of no export: those that nothing consumes are instances that nobody takes from.
    const consumed = new Set(args.flat().map(({ by }) => by.instance));
    wired.instances.forEach((_, instance) => {
      if (!consumed.has(instance)) lines.push(`export ${nameOf(instance)}...;`);
    });
  }
  return { text: `${lines.join('\n')}\n`, packages: inputs.map(({ name, package: given }, at) => (given || isSaid(name, at) ? null : (packages[at] ?? null))) };

  /** Whether the name of an input's file says its package, and no other's does. */
  function isSaid(name: string, at: number): boolean {
    const own = labels[at];
    const stem = name.split('/').at(-1)?.replace(/\.wa(sm|t)$/, '');
    return stem === own && inputs.every((other, index) => index === at || ![own, `local-${own}`].includes(label(other.name)));
  }
}

/** Numbers so that each comes behind those that it needs, as far as no circle is in the way. */
function inOrder(needs: number[][]): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  const visit = (at: number) => {
    if (seen.has(at)) return;
    seen.add(at);
    for (const needed of needs[at] ?? []) visit(needed);
    order.push(at);
  };
  needs.forEach((_, at) => visit(at));
  return order;
}
