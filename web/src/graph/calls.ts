// The graph of calls: which instance calls which, also of those inside composed components. In: the boundaries that
// `inspect` tells. Out: a drawing, with one edge for all functions of two instances. Not its job: what is selected.

import type { Boundary } from '../model/document';
import { plural } from '../model/format';
import { edge, LONGEST, node, place, type Drawing, type PartNode, type Port, type WireEdge } from './drawing';
import { shorten } from './shorten';

/** All that one instance calls of another. */
export interface Calls {
  /** The edge in the drawing. */
  id: string;
  caller: string;
  callee: string;
  boundaries: Boundary[];
}

const HOST = 'host';

export const withHost = ({ caller, callee }: Pick<Boundary, 'caller' | 'callee'>) => caller === HOST || callee === HOST;

export function callsOf(boundaries: Boundary[]): Calls[] {
  const all = new Map<string, Calls>();
  for (const boundary of boundaries) {
    const { caller, callee } = boundary;
    const id = JSON.stringify([caller, callee]);
    const calls = all.get(id);
    if (calls) calls.boundaries.push(boundary);
    else all.set(id, { id, caller, callee, boundaries: [boundary] });
  }
  return [...all.values()];
}

export function callsDrawing(calls: Calls[]): Drawing {
  const ports = new Map<string, Port[]>();
  const portsOf = (id: string) => ports.get(id) ?? ports.set(id, []).get(id) ?? [];
  const idOf = (name: string, side: 'caller' | 'callee') => (name === HOST ? `${HOST} ${side}` : `instance ${name}`);
  const edges: WireEdge[] = calls.map(({ id, caller, callee, boundaries }) => {
    const [from, to] = [idOf(caller, 'caller'), idOf(callee, 'callee')];
    const state = withHost({ caller, callee }) ? 'host' : 'met';
    const functions = plural(boundaries.length, 'function');
    portsOf(from).push({ id: `out ${id}`, text: functions, side: 'out', state });
    portsOf(to).unshift({ id: `in ${id}`, text: functions, side: 'in', state });
    return edge(id, [from, `out ${id}`], [to, `in ${id}`], state, null, `${caller} calls ${functions} of ${callee}`);
  });
  const names = [...new Set(calls.flatMap(({ caller, callee }) => [caller, callee]))].filter((name) => name !== HOST);
  const titles = shorten(names, LONGEST);
  const nodes: PartNode[] = names.map((name, at) => {
    const id = idOf(name, 'caller');
    return node(id, { kind: 'instance', name, title: titles[at] ?? name, subtitle: 'instance', ports: portsOf(id) });
  });
  for (const [side, subtitle] of [['caller', 'calls exports'], ['callee', 'has the imports']] as const) {
    const id = idOf(HOST, side);
    if (ports.has(id)) nodes.push(node(id, { kind: HOST, title: 'Host', subtitle, ports: portsOf(id) }));
  }
  return { nodes, edges, height: place(nodes, edges, []) };
}
