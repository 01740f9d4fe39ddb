/**
 * Bisimulation: recursive schemas that say the same become the same node, whatever their definitions are called and however often
 * they were unrolled. Colours are refined until stable; what has the same colour then accepts the same values (by induction on
 * the value: a cycle always passes a step into the instance).
 */
import type { Arena } from './arena.ts';
import { keyOf } from './key.ts';
import type { KeySet } from './keyset.ts';
import { ANY, type Body, childrenOf, isNegated, type Lit, type Node, negate, nodeOf } from './node.ts';
import type { Shape, Step } from './shape.ts';

/** A new arena without links in which equal nodes are one; `shapes` are moved into it. */
export function merge(arena: Arena, shapes: readonly Shape[]): Arena {
  const follow = follower(arena);
  const colours = refine(arena, follow);
  const representative = new Map<number, number>();
  const order: number[] = [];
  for (const node of arena.nodes) {
    if (node.body.kind === 'link') continue;
    const colour = colours[node.id] as number;
    if (representative.has(colour)) continue;
    representative.set(colour, order.length);
    order.push(node.id);
  }
  const move = (lit: Lit): Lit => {
    const to = follow(lit);
    return ((representative.get(colours[nodeOf(to)] as number) as number) << 1) | (to & 1);
  };
  const merged: Arena = { nodes: [], ids: new Map(), links: new Map() };
  for (const id of order) {
    const node = arena.nodes[id] as Node;
    const body = moveBody(node.body, move);
    const at = merged.nodes.length;
    merged.nodes.push({ id: at, body, can: node.can, cannot: node.cannot });
    const key = keyOf(body);
    if (!merged.ids.has(key)) merged.ids.set(key, at);
  }
  tightenMasks(merged);
  for (const shape of shapes) moveShape(shape, move);
  return merged;
}

/** Literals with links followed; an endless chain of links was found ill-founded before. */
function follower(arena: Arena): (lit: Lit) => Lit {
  return (lit) => {
    let at = lit;
    for (let guard = arena.links.size; guard >= 0; guard--) {
      const to = arena.links.get(nodeOf(at));
      if (to === undefined) return at;
      at = isNegated(at) ? negate(to) : to;
    }
    return at;
  };
}

function refine(arena: Arena, follow: (lit: Lit) => Lit): readonly number[] {
  const { nodes } = arena;
  const children = nodes.map((node) => childrenOf(node.body).map(follow));
  const names = new Map<string, number>();
  const name = (key: string): number => {
    let at = names.get(key);
    if (at === undefined) {
      at = names.size;
      names.set(key, at);
    }
    return at;
  };
  let colours = nodes.map((node) => name(keyOf(moveBody(node.body, () => 0))));
  for (let count = names.size, before = -1; count !== before; ) {
    before = count;
    names.clear();
    const last = colours;
    colours = nodes.map((node, at) => {
      const seen = (children[at] as readonly Lit[]).map((lit) => (last[nodeOf(lit)] as number) * 2 + (lit & 1));
      if (node.body.kind === 'and' || node.body.kind === 'one') seen.sort((a, b) => a - b);
      return name(`${last[at]}:${seen.join(',')}`);
    });
    count = names.size;
  }
  return colours;
}

function moveKeys(keys: KeySet, move: (lit: Lit) => Lit): KeySet {
  return keys.schemas.length === 0 ? keys : { ...keys, schemas: keys.schemas.map(move) };
}

function moveBody(body: Body, move: (lit: Lit) => Lit): Body {
  switch (body.kind) {
    case 'and':
    case 'one':
      return { ...body, of: body.of.map(move).sort((a, b) => a - b) };
    case 'item':
    case 'items':
    case 'atLeast':
    case 'atMost':
    case 'prop':
      return { ...body, lit: move(body.lit) };
    case 'pprop':
      return { ...body, lit: move(body.lit), keys: moveKeys(body.keys, move) };
    case 'unevaluatedKeys': {
      const but = body.but.map((group) => ({
        when: group.when.map(move),
        keys: group.keys === 'all' ? group.keys : moveKeys(group.keys, move),
      }));
      return { ...body, lit: move(body.lit), but };
    }
    case 'unevaluatedItems':
      return { ...body, lit: move(body.lit), but: body.but.map((group) => moveItems(group, move)) };
    default:
      return body;
  }
}

function moveItems<G extends { readonly when: readonly Lit[]; readonly matching?: Lit }>(
  group: G,
  move: (lit: Lit) => Lit,
): G {
  const when = group.when.map(move);
  return group.matching === undefined ? { ...group, when } : { ...group, when, matching: move(group.matching) };
}

function moveStep(step: Step, move: (lit: Lit) => Lit): Step {
  if (step.kind === 'same') return { ...step, when: move(step.when) };
  if (step.kind === 'unevaluatedItems') return { ...step, but: step.but.map((group) => moveItems(group, move)) };
  if (step.kind !== 'unevaluatedKeys') return step;
  return { ...step, but: step.but.map((group) => ({ ...group, when: group.when.map(move) })) };
}

function moveShape(shape: Shape, move: (lit: Lit) => Lit): void {
  shape.lit = move(shape.lit);
  shape.parts = undefined;
  if (shape.matching !== undefined) shape.matching = move(shape.matching);
  shape.constraints.forEach((constraint, at) => {
    const parts = constraint.parts.map((part) => ({ ...part, step: moveStep(part.step, move) }));
    shape.constraints[at] = { ...constraint, lit: move(constraint.lit), parts };
  });
}

/** Links could be anything; now their targets are known. Every round only removes types, so any number of rounds is sound. */
function tightenMasks(arena: Arena): void {
  for (let round = 0; round < 4; round++) {
    for (const node of arena.nodes) {
      if (node.body.kind !== 'and') continue;
      let can = ANY;
      let cannot = 0;
      for (const lit of node.body.of) {
        const child = arena.nodes[nodeOf(lit)] as Node;
        can &= isNegated(lit) ? child.cannot : child.can;
        cannot |= isNegated(lit) ? child.can : child.cannot;
      }
      arena.nodes[node.id] = { ...node, can: can & node.can, cannot: cannot & node.cannot };
    }
  }
}

/** A schema that reaches itself through links without a step into the instance, which compilation alone does not always see. */
export function findIllFounded(arena: Arena): number | undefined {
  const follow = follower(arena);
  const state = new Map<number, 'open' | 'closed'>();
  for (const target of arena.links.keys()) {
    const stack: { readonly id: number; readonly left: Lit[] }[] = [];
    const push = (id: number) => {
      state.set(id, 'open');
      stack.push({ id, left: inPlaceChildren((arena.nodes[id] as Node).body, arena.links.get(id)) });
    };
    if (!state.has(target)) push(target);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        state.set(top.id, 'closed');
        stack.pop();
      } else if (state.get(nodeOf(next)) === 'open') return nodeOf(follow(next));
      else if (!state.has(nodeOf(next))) push(nodeOf(next));
    }
  }
  return undefined;
}

function inPlaceChildren(body: Body, target: Lit | undefined): Lit[] {
  if (target !== undefined) return [target];
  if (body.kind === 'and' || body.kind === 'one') return [...body.of];
  if (body.kind === 'unevaluatedKeys' || body.kind === 'unevaluatedItems')
    return body.but.flatMap((group) => [...group.when]);
  return [];
}
