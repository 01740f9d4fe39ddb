/**
 * Node ids by what the nodes say. A node is looked up for everything that schemas say, so the kinds that are most of them are found by
 * numbers, and no text is made of them.
 */
import { keyOf } from './key.ts';
import type { Body, Lit, Node } from './node.ts';

export interface Ids {
  /** Names of properties, numbered. */
  readonly names: Map<string, number>;
  /** By the number of the name and the literal. */
  readonly props: Map<number, number>;
  readonly has: Map<string, number>;
  readonly types: Map<number, number>;
  /** Conjunctions and exclusive alternatives, by a number made of their literals. */
  readonly lists: Map<number, number[]>;
  readonly others: Map<string, number>;
}

export function noIds(): Ids {
  const others = new Map<string, number>();
  return { names: new Map(), props: new Map(), has: new Map(), types: new Map(), lists: new Map(), others };
}

/** The node among `nodes` that says `body`. */
export function idOf(ids: Ids, nodes: readonly Node[], body: Body): number | undefined {
  switch (body.kind) {
    case 'prop': {
      const name = ids.names.get(body.key);
      return name === undefined ? undefined : ids.props.get(propKey(name, body.lit));
    }
    case 'has':
      return ids.has.get(body.key);
    case 'type':
      return ids.types.get(body.mask);
    case 'and':
    case 'one':
      return ids.lists.get(listKey(body.of))?.find((id) => isSameList(nodes[id]?.body, body));
    default:
      return ids.others.get(keyOf(body));
  }
}

export function enterId(ids: Ids, body: Body, id: number): void {
  switch (body.kind) {
    case 'prop':
      ids.props.set(propKey(nameNumber(ids, body.key), body.lit), id);
      break;
    case 'has':
      ids.has.set(body.key, id);
      break;
    case 'type':
      ids.types.set(body.mask, id);
      break;
    case 'and':
    case 'one': {
      const key = listKey(body.of);
      const list = ids.lists.get(key);
      if (list === undefined) ids.lists.set(key, [id]);
      else list.push(id);
      break;
    }
    default:
      ids.others.set(keyOf(body), id);
  }
}

function nameNumber({ names }: Ids, key: string): number {
  const known = names.get(key);
  if (known !== undefined) return known;
  names.set(key, names.size);
  return names.size - 1;
}

/** More literals than there are ever: both numbers fit into one that is exact. */
const maxLits = 2 ** 27;

function propKey(name: number, lit: Lit): number {
  return name * maxLits + lit;
}

/** Equal lists have equal numbers, and others hardly ever. */
function listKey(lits: readonly Lit[]): number {
  let key = lits.length;
  for (const lit of lits) key = Math.imul(key ^ lit, 0x9e3779b1) ^ (key >>> 15);
  return key & 0x3fffffff;
}

function isSameList(left: Body | undefined, right: Extract<Body, { readonly of: readonly Lit[] }>): boolean {
  if (left?.kind !== right.kind || left.of.length !== right.of.length) return false;
  for (let at = 0; at < right.of.length; at++) if (left.of[at] !== right.of[at]) return false;
  return true;
}
