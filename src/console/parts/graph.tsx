/** Services and events as a drawn graph: from left to right, producer → event → consumers. Each node is a link. */
import { graphlib, layout } from '@dagrejs/dagre';
import type { Child } from 'hono/jsx';
import { lru } from '../../lru.ts';
import { sha256 } from '../../schema/canonical.ts';

export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly kind: 'service' | 'event';
  readonly href: string;
  /** What the page is about. */
  readonly isCurrent?: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

const nodeHeightPx = 34;
const characterPx = 7.4;
const maxLabelCharacters = 44;

/** Drawings kept: laying one out takes longer than everything else on its page. */
const maxKept = 200;
const kept = lru<Drawing>(maxKept);

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Box>;
  readonly paths: readonly string[];
}

type Drawn = Pick<GraphNode, 'id' | 'label'>;

function drawingOf(nodes: readonly Drawn[], edges: readonly GraphEdge[]): Drawing {
  const key = sha256(
    JSON.stringify([nodes.map(({ id, label }) => [id, label]), edges.map(({ from, to }) => [from, to])]),
  );
  const known = kept.get(key) ?? laidOut(nodes, edges);
  kept.set(key, known);
  return known;
}

function laidOut(nodes: readonly Drawn[], edges: readonly GraphEdge[]): Drawing {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 140, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, label } of nodes)
    graph.setNode(id, { width: Math.ceil(shortened(label).length * characterPx) + 24, height: nodeHeightPx });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    boxes: new Map(nodes.map(({ id }) => [id, boxOf(graph.node(id))])),
    paths: edges.map(({ from, to }) => pathBetween(graph.node(from), graph.node(to))),
  };
}

export function Graph(props: {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly label: string;
}): Child {
  const { width, height, boxes, paths } = drawingOf(props.nodes, props.edges);
  return (
    <svg class="graph" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-label={props.label}>
      <title>{props.label}</title>
      {paths.map((path) => (
        <path d={path} />
      ))}
      {props.nodes.map((node) => {
        const box = boxes.get(node.id);
        return box && <Node node={node} at={box} />;
      })}
    </svg>
  );
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boxOf({ x, y, width, height }: Box): Box {
  return { x, y, width, height };
}

function Node({ node, at }: { readonly node: GraphNode; readonly at: Box }): Child {
  return (
    <a
      href={node.href}
      class={node.isCurrent ? `${node.kind} current` : node.kind}
      aria-label={`${node.kind} ${node.label}`}
    >
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

/** From the right side of one box to the left side of another, leaving and arriving level: many lines that meet stay apart. */
function pathBetween(from: Box, to: Box): string {
  const [x1, x2] = [from.x + from.width / 2, to.x - to.width / 2];
  const middle = round((x1 + x2) / 2);
  return `M${round(x1)} ${round(from.y)} C${middle} ${round(from.y)} ${middle} ${round(to.y)} ${round(x2)} ${round(to.y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function shortened(label: string): string {
  return label.length > maxLabelCharacters ? `${label.slice(0, maxLabelCharacters - 1)}…` : label;
}
