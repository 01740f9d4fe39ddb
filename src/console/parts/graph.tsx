/** Services and events as a drawn graph: from left to right, producer → event → consumers. Each node is a link. */
import { graphlib, layout } from '@dagrejs/dagre';
import type { Child } from 'hono/jsx';

export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly kind: 'service' | 'event';
  readonly href: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

const nodeHeightPx = 34;
const characterPx = 7.4;
const maxLabelCharacters = 44;

export function Graph(props: {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly label: string;
}): Child {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 80, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, label } of props.nodes)
    graph.setNode(id, { width: Math.ceil(shortened(label).length * characterPx) + 24, height: nodeHeightPx });
  for (const { from, to } of props.edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return (
    <svg
      class="graph"
      width={Math.ceil(width)}
      height={Math.ceil(height)}
      viewBox={`0 0 ${Math.ceil(width)} ${Math.ceil(height)}`}
      aria-label={props.label}
    >
      <title>{props.label}</title>
      {props.edges.map(({ from, to }) => (
        <path d={pathOf(graph.edge({ v: from, w: to }).points ?? [])} />
      ))}
      {props.nodes.map((node) => (
        <Node node={node} at={graph.node(node.id)} />
      ))}
    </svg>
  );
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function Node({ node, at }: { readonly node: GraphNode; readonly at: Box }): Child {
  return (
    <a href={node.href} class={node.kind} aria-label={`${node.kind} ${node.label}`}>
      <rect
        x={round(at.x - at.width / 2)}
        y={round(at.y - at.height / 2)}
        width={round(at.width)}
        height={at.height}
        rx={node.kind === 'service' ? 4 : 17}
      />
      <text x={round(at.x)} y={round(at.y + 5)} text-anchor="middle">
        {shortened(node.label)}
      </text>
    </a>
  );
}

function pathOf(points: readonly { readonly x: number; readonly y: number }[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join(' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function shortened(label: string): string {
  return label.length > maxLabelCharacters ? `${label.slice(0, maxLabelCharacters - 1)}…` : label;
}
