/** Where nodes are made: equal nodes once. */

import { nth } from '../nth.ts';
import { enterId, type Ids, idOf, noIds } from './ids.ts';
import { ANY, type Body, isNegated, type Lit, type Mask, type Node, nodeOf } from './node.ts';

export interface Arena {
  readonly nodes: Node[];
  readonly ids: Ids;
  /** The same of the arena this one continues, which no longer changes. */
  readonly inherited?: Ids;
  /** What a link stands for, once it is known. */
  readonly links: Map<number, Lit>;
}

export function createArena(): Arena {
  const arena: Arena = { nodes: [], ids: noIds(), links: new Map() };
  intern(arena, { kind: 'true' }, ANY, 0);
  return arena;
}

/** An arena that begins with the nodes of `base`; `base` itself continues no other and has no links. */
export function continued(base: Arena): Arena {
  return { nodes: base.nodes.slice(), ids: noIds(), inherited: base.ids, links: new Map() };
}

export function intern(arena: Arena, body: Body, can: Mask, cannot: Mask): Lit {
  const { ids, inherited, nodes } = arena;
  const known = (inherited && idOf(inherited, nodes, body)) ?? idOf(ids, nodes, body);
  if (known !== undefined) return known * 2;
  const id = nodes.length;
  nodes.push({ id, body, can, cannot });
  enterId(ids, body, id);
  return id * 2;
}

export function bodyOf(arena: Arena, lit: Lit): Body {
  return nth(arena.nodes, nodeOf(lit)).body;
}

/** Types of which some value may satisfy the literal. */
export function canBe(arena: Arena, lit: Lit): Mask {
  const node = nth(arena.nodes, nodeOf(lit));
  return isNegated(lit) ? node.cannot : node.can;
}
