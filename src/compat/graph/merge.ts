/**
 * Bisimulation: recursive schemas that say the same become the same node, whatever their definitions are called and however often
 * they were unrolled. Colours are refined until stable; what has the same colour then accepts the same values (by induction on
 * the value: a cycle always passes a step into the instance).
 */

import { nth } from '../nth.ts';
import type { Arena } from './arena.ts';
import { bisimilar } from './bisimulation.ts';
import { enterId, idOf, noIds } from './ids.ts';
import { moveBody, moveShape } from './move.ts';
import { ANY, type Body, isNegated, type Lit, negate, nodeOf } from './node.ts';
import type { Shape } from './shape.ts';

/** A new arena without links in which equal nodes are one; `shapes` are moved into it. */
export function merge(arena: Arena, shapes: readonly Shape[]): Arena {
  const follow = follower(arena);
  const colours = bisimilar(arena.nodes, follow);
  const representative = new Map<number, number>();
  const order: number[] = [];
  for (const node of arena.nodes) {
    if (node.body.kind === 'link') continue;
    const colour = nth(colours, node.id);
    if (representative.has(colour)) continue;
    representative.set(colour, order.length);
    order.push(node.id);
  }
  const move = (lit: Lit): Lit => {
    const to = follow(lit);
    return ((representative.get(nth(colours, nodeOf(to))) as number) << 1) | (to & 1);
  };
  const merged: Arena = { nodes: [], ids: noIds(), links: new Map() };
  for (const id of order) {
    const node = nth(arena.nodes, id);
    const body = moveBody(node.body, move);
    const at = merged.nodes.length;
    if (idOf(merged.ids, merged.nodes, body) === undefined) enterId(merged.ids, body, at);
    merged.nodes.push({ id: at, body, can: node.can, cannot: node.cannot });
  }
  tightenMasks(merged);
  for (const shape of shapes) moveShape(shape, move);
  return merged;
}

/** Literals with links followed; an endless chain of links was found ill-founded before. */
function follower(arena: Arena): (lit: Lit) => Lit {
  const targets = new Map<number, Lit>();
  const targetOf = (link: number): Lit => {
    const path: number[] = [];
    let at: Lit = link * 2;
    for (let to = arena.links.get(nodeOf(at)); to !== undefined; to = arena.links.get(nodeOf(at))) {
      const known = targets.get(nodeOf(at));
      if (known === undefined && path.length <= arena.links.size) path.push(at);
      at = isNegated(at) ? negate(known ?? to) : (known ?? to);
      if (known !== undefined || path.length > arena.links.size) break;
    }
    for (const passed of path) targets.set(nodeOf(passed), isNegated(passed) ? negate(at) : at);
    return at;
  };
  return (lit) => {
    if (!arena.links.has(nodeOf(lit))) return lit;
    const target = targets.get(nodeOf(lit)) ?? targetOf(nodeOf(lit));
    return isNegated(lit) ? negate(target) : target;
  };
}

/** Links could be anything; now their targets are known. Every round only removes types, so any number of rounds is sound. */
function tightenMasks(arena: Arena): void {
  for (let round = 0; round < 4; round++) {
    for (const node of arena.nodes) {
      if (node.body.kind !== 'and') continue;
      let can = ANY;
      let cannot = 0;
      for (const lit of node.body.of) {
        const child = nth(arena.nodes, nodeOf(lit));
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
      stack.push({ id, left: inPlaceChildren(nth(arena.nodes, id).body, arena.links.get(id)) });
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
