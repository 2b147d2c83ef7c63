// The graph of a wiring, laid out by dagre. In: a wiring and its facts. Out: nodes with ports and
// edges between them, in the form that Svelte Flow draws. Not its job: what is selected.

import { Graph, layout } from '@dagrejs/dagre';
import { MarkerType, type Edge, type Node } from '@xyflow/svelte';
import { plural } from '../model/format';
import type { ExportOf } from 'meld-fuser';
import type { Wired } from '../workers/fuser.worker';
import { exportText, nameOf, type Fact, type State } from './facts';
import { shorten } from './shorten';

export interface Port {
  id: string;
  text: string;
  side: 'in' | 'out';
  state: State;
}

export interface PartData extends Record<string, unknown> {
  kind: 'instance' | 'host' | 'stub' | 'result';
  title: string;
  /** In full, where the title is short for it. */
  name?: string;
  subtitle: string;
  ports: Port[];
  /** All that the host is to supply, or that is stubbed: the ports may be a summary. */
  names?: string[];
}

/** A straight way past the nodes of a rank: from and until in x. */
export interface Lane {
  from: number;
  until: number;
  y: number;
}

export type PartNode = Node<PartData, 'part'>;
export type WireEdge = Edge<{ fact: number | null; lanes: Lane[] }, 'wire'>;

export interface Drawing {
  nodes: PartNode[];
  edges: WireEdge[];
  /** In pixels, at its natural size. */
  height: number;
}

/** The sizes that the drawing of a node keeps to, in pixels. */
export const HEAD = 46;
export const ROW = 22;
const PADDING = 8;
const CHARACTER = 6.7;
const WIDEST = 320;
/** So many characters of a name are shown. */
const LONGEST = 36;
/** So many imports are listed one by one. */
const MANY = 16;

const COLOURS: Record<State, string> = {
  met: 'var(--accent)',
  host: 'var(--strong-line)',
  stub: 'var(--strong-line)',
  follows: 'var(--strong-line)',
  ambiguous: 'var(--warning)',
  misfit: 'var(--bad)',
};

function edge(id: string, from: [string, string], to: [string, string], state: State, fact: number | null, ariaLabel: string): WireEdge {
  const broken = state === 'ambiguous' || state === 'misfit';
  return {
    id,
    source: from[0],
    sourceHandle: from[1],
    target: to[0],
    targetHandle: to[1],
    type: 'wire',
    data: { fact, lanes: [] },
    ariaLabel,
    class: state,
    style: `stroke: ${COLOURS[state]}${broken ? '; stroke-dasharray: 6 4' : ''}`,
    // The graph shows what is; nothing in it can be taken away.
    deletable: false,
    markerEnd: { type: MarkerType.ArrowClosed, color: COLOURS[state], width: 18, height: 18, markerUnits: 'userSpaceOnUse' },
  };
}

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

function node(id: string, data: PartData): PartNode {
  const longest = Math.max(data.title.length + 2, data.subtitle.length, ...data.ports.map(({ text }) => text.length));
  return {
    id,
    type: 'part',
    data,
    deletable: false,
    position: { x: 0, y: 0 },
    width: Math.min(WIDEST, Math.max(150, longest * CHARACTER + 32)),
    height: HEAD + data.ports.length * ROW + PADDING,
    ariaLabel: `${data.name ?? data.title} ${data.subtitle}`,
  };
}

/** Puts the nodes in their places, those of `order` from left to right, and tells how high the drawing is. */
function place(nodes: PartNode[], edges: WireEdge[], order: string[]): number {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: 110, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width = 0, height = 0 } of nodes) graph.setNode(id, { width, height });
  for (const { id, source, target } of edges) graph.setEdge(source, target, {}, id);
  // In order nothing goes back, so this makes no circle.
  for (const [at, id] of order.slice(1).entries()) graph.setEdge(order[at] ?? id, id, { weight: 0 }, 'order');
  layout(graph);
  for (const node of nodes) {
    const { x, y } = graph.node(node.id);
    node.position = { x: x - (node.width ?? 0) / 2, y: y - (node.height ?? 0) / 2 };
  }
  for (const edge of edges) {
    const { points = [] } = graph.edge(edge.source, edge.target, edge.id);
    edge.data = { fact: edge.data?.fact ?? null, lanes: lanesOf(points, nodes) };
  }
  return graph.graph().height ?? 0;
}

/** dagre gives an edge two points for each rank that it passes and one before its end: every other
 * inner one lies in the middle of a rank. */
function lanesOf(points: { x: number; y: number }[], nodes: PartNode[]): Lane[] {
  return points.slice(1, -1).flatMap(({ x, y }, at) => {
    if (at % 2 === 0) return [];
    const inRank = nodes.filter(({ position, width = 0 }) => Math.abs(position.x + width / 2 - x) < 1);
    const half = Math.max(0, ...inRank.map(({ width = 0 }) => width)) / 2;
    return [{ from: x - half, until: x + half, y }];
  });
}
