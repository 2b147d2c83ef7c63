// Nodes with ports and edges between them, laid out by dagre, in the form that Svelte Flow draws. In: what they say.
// Out: their sizes and places. Not its job: what they are about.

import { Graph, layout } from '@dagrejs/dagre';
import { MarkerType, type Edge, type Node } from '@xyflow/svelte';
import type { State } from './facts';

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
export const LONGEST = 36;

const COLOURS: Record<State, string> = {
  met: 'var(--accent)',
  host: 'var(--strong-line)',
  stub: 'var(--strong-line)',
  follows: 'var(--strong-line)',
  ambiguous: 'var(--warning)',
  misfit: 'var(--bad)',
};

export function edge(id: string, from: [string, string], to: [string, string], state: State, fact: number | null, ariaLabel: string): WireEdge {
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

export function node(id: string, data: PartData): PartNode {
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
export function place(nodes: PartNode[], edges: WireEdge[], order: string[]): number {
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
