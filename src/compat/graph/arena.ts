/** Where nodes are made. Equal nodes are made once; what simplifies is simplified here and nowhere else. */
import { canonicalize } from '../../schema/canonical.ts';
import type { Json } from '../../schema/json.ts';
import { isMultipleOf } from '../number/decimal.ts';
import { isEmptySet, type KeySet, keySetKey } from './keyset.ts';
import {
  ANY,
  type Body,
  type EvaluatedKeys,
  FALSE,
  isNegated,
  type Lit,
  type Mask,
  maskOf,
  type Node,
  NUMBER,
  negate,
  nodeOf,
  T,
  TRUE,
} from './node.ts';

export interface Arena {
  readonly nodes: Node[];
  /** Node ids by key; two arenas never share one. */
  readonly ids: Map<string, number>;
  /** What a link stands for, once it is known. */
  readonly links: Map<number, Lit>;
}

export function createArena(): Arena {
  const arena: Arena = { nodes: [], ids: new Map(), links: new Map() };
  intern(arena, { kind: 'true' }, ANY, 0);
  return arena;
}

export function intern(arena: Arena, body: Body, can: Mask, cannot: Mask): Lit {
  const key = keyOf(body);
  const known = arena.ids.get(key);
  if (known !== undefined) return known * 2;
  const id = arena.nodes.length;
  arena.nodes.push({ id, body, can, cannot });
  arena.ids.set(key, id);
  return id * 2;
}

/** Equal bodies, and only they, have the same key. */
export function keyOf(body: Body): string {
  switch (body.kind) {
    case 'true':
    case 'unique':
      return body.kind;
    case 'and':
    case 'one':
      return `${body.kind}${body.of.join(',')}`;
    case 'type':
      return `type${body.mask}`;
    case 'enum':
      return `enum${[...body.values.keys()].sort().join('\n')}`;
    case 'min':
    case 'max':
      return `${body.kind}${body.exclusive ? '!' : ''}${body.bound}`;
    case 'multiple':
      return `multiple${body.of}`;
    case 'pattern':
      return `pattern${body.source}`;
    case 'format':
      return `format${body.name}`;
    case 'has':
      return `has${body.key}`;
    case 'opaque':
      return `opaque${body.reason}:${body.key}`;
    case 'link':
      return `link${body.key}`;
    default:
      return partKey(body);
  }
}

function partKey(
  body: Exclude<Body, { readonly kind: 'true' | 'unique' | 'and' | 'one' | 'type' | 'enum' | 'min' | 'max' }>,
): string {
  switch (body.kind) {
    case 'item':
      return `item${body.index}:${body.lit}`;
    case 'items':
      return `items${body.from}:${body.lit}`;
    case 'atLeast':
    case 'atMost':
      return `${body.kind}${body.count}:${body.lit}`;
    case 'prop':
      return `prop${body.lit}:${body.key}`;
    case 'pprop':
      return `pprop${body.lit}:${keySetKey(body.keys)}`;
    case 'unevaluatedKeys':
      return `${body.kind}${body.lit}:${body.but.map(groupKey).sort().join(';')}`;
    case 'unevaluatedItems':
      return `${body.kind}${body.lit}:${body.but
        .map((group) => `${group.when}>${group.prefix}>${group.matching}`)
        .sort()
        .join(';')}`;
    default:
      return `${body.kind}${'count' in body ? body.count : ''}`;
  }
}

function groupKey(group: EvaluatedKeys): string {
  return `${group.when.join('&')}>${group.keys === 'all' ? '*' : keySetKey(group.keys)}`;
}

export function bodyOf(arena: Arena, lit: Lit): Body {
  return (arena.nodes[nodeOf(lit)] as Node).body;
}

/** Types of which some value may satisfy the literal. */
export function canBe(arena: Arena, lit: Lit): Mask {
  const node = arena.nodes[nodeOf(lit)] as Node;
  return isNegated(lit) ? node.cannot : node.can;
}

export function type(arena: Arena, mask: Mask): Lit {
  if (mask === ANY) return TRUE;
  if (mask === 0) return FALSE;
  return intern(arena, { kind: 'type', mask }, mask, ANY & ~mask);
}

/** The literal's negation; types stay positive so that equal type sets meet. */
export function not(arena: Arena, lit: Lit): Lit {
  const body = bodyOf(arena, lit);
  return body.kind === 'type' && !isNegated(lit) ? type(arena, ANY & ~body.mask) : negate(lit);
}

interface Flat {
  readonly lits: Set<Lit>;
  mask: Mask;
  readonly enums: ReadonlyMap<string, Json>[];
  readonly excluded: ReadonlyMap<string, Json>[];
}

export function and(arena: Arena, lits: readonly Lit[]): Lit {
  const flat: Flat = { lits: new Set(), mask: ANY, enums: [], excluded: [] };
  if (!flatten(arena, lits, flat)) return FALSE;
  let mask = flat.mask;
  for (const lit of flat.lits) mask &= canBe(arena, lit);
  const values = flat.enums.length > 0 ? meet(flat, mask) : undefined;
  if (values !== undefined) mask &= valuesMask(values);
  else if (flat.excluded.length > 0) {
    const without = oneOfValues(arena, new Map(flat.excluded.flatMap((set) => [...set])));
    mask &= canBe(arena, not(arena, without));
    flat.lits.add(not(arena, without));
  }
  if (mask === 0) return FALSE;
  const kept: Lit[] = [];
  for (const lit of flat.lits) {
    if (flat.lits.has(negate(lit))) return FALSE;
    // vacuous for every type that is left
    if ((canBe(arena, negate(lit)) & mask) !== 0) kept.push(lit);
  }
  return join(arena, kept, mask, values);
}

function join(arena: Arena, kept: Lit[], mask: Mask, values: ReadonlyMap<string, Json> | undefined): Lit {
  if (values !== undefined) kept.push(oneOfValues(arena, values));
  else {
    // a type is said only where the other parts do not already say it
    let implied = ANY;
    for (const lit of kept) implied &= canBe(arena, lit);
    if ((implied & ~mask) !== 0) kept.push(type(arena, mask));
  }
  if (kept.length === 0) return TRUE;
  if (kept.length === 1) return kept[0] as Lit;
  kept.sort((a, b) => a - b);
  let can = ANY;
  let cannot = 0;
  for (const lit of kept) {
    can &= canBe(arena, lit);
    cannot |= canBe(arena, negate(lit));
  }
  return intern(arena, { kind: 'and', of: kept }, can, cannot);
}

/** Spreads conjunctions; types and value sets are met on the way. False: a contradiction. */
function flatten(arena: Arena, lits: readonly Lit[], flat: Flat): boolean {
  for (const lit of lits) {
    if (lit === TRUE) continue;
    if (lit === FALSE) return false;
    const body = bodyOf(arena, lit);
    if (body.kind === 'enum') (isNegated(lit) ? flat.excluded : flat.enums).push(body.values);
    else if (isNegated(lit)) flat.lits.add(lit);
    else if (body.kind === 'and') {
      if (!flatten(arena, body.of, flat)) return false;
    } else if (body.kind === 'type') flat.mask &= body.mask;
    else flat.lits.add(lit);
  }
  return true;
}

function meet(flat: Flat, mask: Mask): ReadonlyMap<string, Json> {
  const [first, ...rest] = flat.enums;
  const met = new Map<string, Json>();
  for (const [key, value] of first ?? []) {
    const allowed = rest.every((other) => other.has(key)) && !flat.excluded.some((other) => other.has(key));
    if (allowed && (maskOf(value) & mask) !== 0) met.set(key, value);
  }
  return met;
}

function valuesMask(values: ReadonlyMap<string, Json>): Mask {
  let mask = 0;
  for (const value of values.values()) mask |= maskOf(value);
  return mask;
}

export function or(arena: Arena, lits: readonly Lit[]): Lit {
  return not(
    arena,
    and(
      arena,
      lits.map((lit) => not(arena, lit)),
    ),
  );
}

/** Exactly one of `lits`. */
export function exactlyOne(arena: Arena, lits: readonly Lit[]): Lit {
  const left = lits.filter((lit) => lit !== FALSE);
  const certain = left.indexOf(TRUE);
  if (certain >= 0)
    return and(
      arena,
      left.filter((_, at) => at !== certain).map((lit) => not(arena, lit)),
    );
  const twice = new Set(left.filter((lit, at) => left.indexOf(lit) !== at));
  if (twice.size > 0) {
    const rest = exactlyOne(
      arena,
      left.filter((lit) => !twice.has(lit)),
    );
    return and(arena, [rest, ...[...twice].map((lit) => not(arena, lit))]);
  }
  if (left.length === 0) return FALSE;
  if (left.length === 1) return left[0] as Lit;
  if (disjoint(arena, left)) return or(arena, left);
  return intern(arena, { kind: 'one', of: [...left].sort((a, b) => a - b) }, some(arena, left), ANY);
}

function some(arena: Arena, lits: readonly Lit[]): Mask {
  let mask = 0;
  for (const lit of lits) mask |= canBe(arena, lit);
  return mask;
}

/** Whether no two of them can hold of values of the same type, or of the same value of an enumeration. */
function disjoint(arena: Arena, lits: readonly Lit[]): boolean {
  let seen = 0;
  const values = new Set<string>();
  for (const lit of lits) {
    const body = bodyOf(arena, lit);
    if (body.kind === 'enum' && !isNegated(lit)) {
      for (const key of body.values.keys()) {
        if (values.has(key)) return false;
        values.add(key);
      }
    }
  }
  for (const lit of lits) {
    const body = bodyOf(arena, lit);
    const mask = canBe(arena, lit);
    const listed = body.kind === 'enum' && !isNegated(lit);
    if ((seen & mask) !== 0 && !(listed && values.size > 0 && onlyEnums(arena, lits, mask))) return false;
    seen |= mask;
  }
  return true;
}

/** Whether all of `lits` that can be of a type in `mask` are enumerations. */
function onlyEnums(arena: Arena, lits: readonly Lit[], mask: Mask): boolean {
  return lits.every(
    (lit) => (canBe(arena, lit) & mask) === 0 || (bodyOf(arena, lit).kind === 'enum' && !isNegated(lit)),
  );
}

export function oneOfValues(arena: Arena, values: ReadonlyMap<string, Json>): Lit {
  const can = valuesMask(values);
  if (values.size === 0) return FALSE;
  const whole = (values.has('null') ? T.null : 0) | (values.has('true') && values.has('false') ? T.boolean : 0);
  if (whole === can) return type(arena, can);
  return intern(arena, { kind: 'enum', values }, can, ANY & ~whole);
}

export function valueSet(values: readonly Json[]): ReadonlyMap<string, Json> {
  return new Map(values.map((value) => [valueKey(value), value]));
}

/** Equal values, and only they, have the same key. */
export function valueKey(value: Json): string {
  return typeof value === 'object' ? canonicalize(value) : JSON.stringify(value);
}

export function bound(arena: Arena, kind: 'min' | 'max', at: number, exclusive: boolean): Lit {
  return intern(arena, { kind, bound: at, exclusive }, ANY, NUMBER);
}

export function multipleOf(arena: Arena, step: number): Lit {
  const all = isMultipleOf(1, step);
  const whole = Number.isInteger(step);
  if (step === 1) return type(arena, ANY & ~T.fraction);
  const can = whole ? ANY & ~T.fraction : ANY;
  return intern(arena, { kind: 'multiple', of: step }, can, all ? T.fraction : NUMBER);
}

type Counted = 'minLength' | 'maxLength' | 'minItems' | 'maxItems' | 'minProps' | 'maxProps';

const countedType: Readonly<Record<Counted, Mask>> = {
  minLength: T.string,
  maxLength: T.string,
  minItems: T.array,
  maxItems: T.array,
  minProps: T.object,
  maxProps: T.object,
};

export function counted(arena: Arena, kind: Counted, count: number): Lit {
  const least = kind.startsWith('min');
  if (least && count <= 0) return TRUE;
  if (!least && count === Infinity) return TRUE;
  if (!least && count < 0) return type(arena, ANY & ~countedType[kind]);
  return intern(arena, { kind, count }, ANY, countedType[kind]);
}

export function pattern(arena: Arena, source: string): Lit {
  return intern(arena, { kind: 'pattern', source }, ANY, T.string);
}

export function format(arena: Arena, name: string): Lit {
  return intern(arena, { kind: 'format', name }, ANY, T.string);
}

export function unique(arena: Arena): Lit {
  return intern(arena, { kind: 'unique' }, ANY, T.array);
}

export function item(arena: Arena, index: number, lit: Lit): Lit {
  return lit === TRUE ? TRUE : intern(arena, { kind: 'item', index, lit }, ANY, T.array);
}

export function items(arena: Arena, from: number, lit: Lit): Lit {
  if (lit === TRUE) return TRUE;
  if (lit === FALSE) return counted(arena, 'maxItems', from);
  return intern(arena, { kind: 'items', from, lit }, ANY, T.array);
}

export function atLeast(arena: Arena, count: number, lit: Lit): Lit {
  if (count <= 0) return TRUE;
  if (lit === TRUE) return counted(arena, 'minItems', count);
  if (lit === FALSE) return type(arena, ANY & ~T.array);
  return intern(arena, { kind: 'atLeast', count, lit }, ANY, T.array);
}

export function atMost(arena: Arena, count: number, lit: Lit): Lit {
  if (lit === FALSE || count === Infinity) return TRUE;
  if (lit === TRUE) return counted(arena, 'maxItems', count);
  if (count === 0) return items(arena, 0, not(arena, lit));
  return intern(arena, { kind: 'atMost', count, lit }, ANY, T.array);
}

export function has(arena: Arena, key: string): Lit {
  return intern(arena, { kind: 'has', key }, ANY, T.object);
}

/** An object that has `key`; `has` alone holds of everything that is no object. */
export function present(arena: Arena, key: string): Lit {
  return and(arena, [type(arena, T.object), has(arena, key)]);
}

export function prop(arena: Arena, key: string, lit: Lit): Lit {
  return lit === TRUE ? TRUE : intern(arena, { kind: 'prop', key, lit }, ANY, T.object);
}

export function pprop(arena: Arena, keys: KeySet, lit: Lit): Lit {
  if (lit === TRUE || isEmptySet(keys)) return TRUE;
  if (!keys.complement && keys.patterns.length === 0 && keys.schemas.length === 0) {
    return and(
      arena,
      keys.names.map((name) => prop(arena, name, lit)),
    );
  }
  return intern(arena, { kind: 'pprop', keys, lit }, ANY, T.object);
}

export function opaque(arena: Arena, key: string, reason: string): Lit {
  return intern(arena, { kind: 'opaque', key, reason }, ANY, ANY);
}

export function link(arena: Arena, key: string): Lit {
  return intern(arena, { kind: 'link', key }, ANY, ANY);
}
