// The graph of a wiring. In: a wiring and its facts. Out: a drawing of the inputs' instances and what meets their
// imports. Not its job: what is selected.

import { plural } from '../model/format';
import type { ExportOf } from 'meld-fuser';
import type { Wired } from '../workers/fuser.worker';
import { edge, LONGEST, node, place, type Drawing, type PartNode, type Port, type WireEdge } from './drawing';
import { exportText, nameOf, type Fact, type State } from './facts';
import { shorten } from './shorten';

/** So many imports are listed one by one. */
const MANY = 16;

/** With `inOrder`, instances stand in their order from left to right. */
export function drawingOf(wired: Wired, facts: Fact[], fileOf: (input: number) => string, inOrder: boolean): Drawing {
  const instance = (at: number) => `instance-${at}`;
  const ins = wired.instances.map(() => new Map<string, Port>());
  const outs = wired.instances.map((): Port[] => []);
  const edges: WireEdge[] = [];

  const into = (of: ExportOf, state: State): [string, string] => {
    const ports = ins[of.instance];
    const port = ports?.get(of.name);
    // What meets one import and does not fit another is drawn as what it meets.
    if (!port) ports?.set(of.name, { id: `in ${of.name}`, text: of.name || 'the instance', side: 'in', state });
    else if (state === 'met') port.state = state;
    return [instance(of.instance), `in ${of.name}`];
  };

  for (const fact of facts) {
    if (fact.exports.length === 0) continue;
    const port: Port = { id: `out ${fact.import}`, text: fact.import, side: 'out', state: fact.state };
    outs[fact.instance]?.push(port);
    const label = `${fact.import} of ${nameOf(wired, fact.instance)}: ${fact.said}`;
    for (const [nth, of] of fact.exports.entries()) {
      edges.push(edge(`${fact.at}-${nth}`, [instance(fact.instance), port.id], into(of, fact.state), fact.state, fact.at, label));
    }
  }

  const results: Port[] = wired.exports.map(({ as, of }, at) => {
    const id = `out ${at}`;
    // A document can export what comes from no instance.
    if (of) {
      const label = `The result exports ${as}: ${exportText(wired, of)}`;
      edges.push(edge(`export-${at}`, ['result', id], into(of, 'met'), 'met', null, label));
    }
    return { id, text: as, side: 'out', state: 'met' };
  });

  /** Draws the imports that no input meets as one edge of each instance. Out: their names. */
  const outside = (state: 'host' | 'stub', word: string, how: string): Set<string> => {
    const all = new Set<string>();
    for (const at of wired.instances.keys()) {
      const names = facts.filter((fact) => fact.instance === at && fact.state === state).map((fact) => fact.import);
      if (names.length === 0) continue;
      for (const name of names) all.add(name);
      const text = plural(names.length, word);
      outs[at]?.push({ id: `out ${state}`, text, side: 'out', state });
      edges.push(edge(`${state}-${at}`, [instance(at), `out ${state}`], [state, 'in'], state, null, `${text} of ${nameOf(wired, at)} ${how}`));
    }
    return all;
  };
  const hosted = outside('host', 'import', 'from the host');
  const stubbed = outside('stub', 'stub', 'that trap');

  const titles = shorten(wired.instances.map(({ name }) => name), LONGEST);
  const nodes: PartNode[] = wired.instances.map(({ name, input }, at) =>
    node(instance(at), { kind: 'instance', name, title: titles[at] ?? name, subtitle: fileOf(input) === name ? `input ${input + 1}` : fileOf(input), ports: [...(ins[at]?.values() ?? []), ...(outs[at] ?? [])] }),
  );
  if (results.length > 0) nodes.push(node('result', { kind: 'result', title: 'Exports', subtitle: 'of the result', ports: results }));
  if (hosted.size > 0) nodes.push(node('host', { kind: 'host', title: 'Host', subtitle: plural(hosted.size, 'import'), ports: outsidePorts(hosted, 'host'), names: [...hosted].sort() }));
  if (stubbed.size > 0) nodes.push(node('stub', { kind: 'stub', title: 'Stubs', subtitle: `${plural(stubbed.size, 'import')}, which trap`, ports: outsidePorts(stubbed, 'stub'), names: [...stubbed].sort() }));
  const order = inOrder ? [...wired.instances.keys()].map(instance) : [];
  return { nodes, edges, height: place(nodes, edges, order) };
}

/** The host has one place where edges end, and lists what it is to supply: interfaces, or packages
 * where those are many. So do the stubs. */
function outsidePorts(names: Set<string>, state: 'host' | 'stub'): Port[] {
  const sorted = [...names].sort();
  const texts = sorted.length > MANY ? packagesOf(sorted) : sorted;
  return texts.map((text, at) => ({ id: at === 0 ? 'in' : `listed ${at}`, text, side: 'in', state }));
}

/** `wasi:cli/exit@0.2.6` and eight others become `wasi:cli@0.2.6: 9`. */
function packagesOf(names: string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const of = name.replace(/\/[^@]*/, '');
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  return [...counts].map(([name, number]) => (number === 1 ? name : `${name}: ${number}`));
}
