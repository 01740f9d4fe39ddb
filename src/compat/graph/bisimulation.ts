/**
 * The coarsest partition of nodes into sets that say the same: members of one set have equal bodies but for their children, and
 * the children are pairwise of one set. Refined by splitting; the largest part of what splits keeps its colour and only nodes
 * above the others are looked at again, so that a node is looked at O(log n) times however deep the graph is.
 */
import { keyOf } from './key.ts';
import { moveBody } from './move.ts';
import { childrenOf, type Lit, type Node, nodeOf } from './node.ts';

interface Partition {
  /** By node id. */
  readonly colours: number[];
  /** By colour. */
  readonly members: Set<number>[];
  readonly children: readonly (readonly Lit[])[];
  /** Whether the children of a node have no order. */
  readonly unordered: readonly boolean[];
  readonly parents: readonly (readonly number[])[];
}

/** The colour of each node, by id; equal colours are equal sets of values. `follow` replaces links. */
export function bisimilar(nodes: readonly Node[], follow: (lit: Lit) => Lit): readonly number[] {
  const partition = startingPartition(nodes, follow);
  let touched: Iterable<number> = partition.colours.keys();
  for (let dirty = byColour(partition, touched); dirty.size > 0; dirty = byColour(partition, touched)) {
    const moved: number[] = [];
    for (const [colour, members] of dirty) moved.push(...split(partition, colour, members));
    touched = new Set(moved.flatMap((node) => partition.parents[node] ?? []));
  }
  return partition.colours;
}

function startingPartition(nodes: readonly Node[], follow: (lit: Lit) => Lit): Partition {
  const children = nodes.map((node) => childrenOf(node.body).map(follow));
  const parents: number[][] = nodes.map(() => []);
  for (const [node, lits] of children.entries()) for (const lit of lits) parents[nodeOf(lit)]?.push(node);
  const names = new Map<string, number>();
  const members: Set<number>[] = [];
  const colours = nodes.map(({ body, id }) => {
    const key = keyOf(moveBody(body, () => 0));
    const colour = names.get(key) ?? names.size;
    if (colour === names.size) members.push(new Set());
    names.set(key, colour);
    members[colour]?.add(id);
    return colour;
  });
  const unordered = nodes.map(({ body }) => body.kind === 'and' || body.kind === 'one');
  return { colours, members, children, unordered, parents };
}

/** Nodes that share a set with no other cannot be split from it. */
function byColour({ colours, members }: Partition, nodes: Iterable<number>): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const node of nodes) {
    const colour = colours[node] ?? 0;
    if ((members[colour]?.size ?? 0) < 2) continue;
    const list = found.get(colour);
    if (list === undefined) found.set(colour, [node]);
    else list.push(node);
  }
  return found;
}

/** Splits a set by what is below its members; `dirty` are those below which something changed. Returns the nodes that left it. */
function split(partition: Partition, colour: number, dirty: readonly number[]): readonly number[] {
  const whole = partition.members[colour] ?? new Set();
  const groups = new Map<string, number[]>();
  for (const node of dirty) {
    const key = signature(partition, node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  const parts = [...groups.values()];
  if (dirty.length < whole.size) {
    // below the others nothing changed: they are still one part
    const changed = new Set(dirty);
    const rest = whole.size - dirty.length;
    const largest = parts.reduce((max, part) => Math.max(max, part.length), 0);
    if (rest < largest) parts.push([...whole].filter((node) => !changed.has(node)));
    else return parts.flatMap((part) => recolour(partition, colour, part));
  }
  const kept = parts.reduce((largest, part) => (part.length > largest.length ? part : largest), []);
  return parts.flatMap((part) => (part === kept ? [] : recolour(partition, colour, part)));
}

function recolour({ colours, members }: Partition, from: number, nodes: readonly number[]): readonly number[] {
  const colour = members.length;
  members.push(new Set(nodes));
  for (const node of nodes) {
    colours[node] = colour;
    members[from]?.delete(node);
  }
  return nodes;
}

function signature({ colours, children, unordered }: Partition, node: number): string {
  const seen = (children[node] ?? []).map((lit) => (colours[nodeOf(lit)] ?? 0) * 2 + (lit & 1));
  if (unordered[node]) seen.sort((a, b) => a - b);
  return seen.join();
}
