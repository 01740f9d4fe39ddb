/** Whether a value satisfies a literal: the exact evaluator every verdict is checked against. */
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { bodyOf, canBe } from '../graph/arena.ts';
import { valueKey } from '../graph/connective.ts';
import { hasName, type KeySet } from '../graph/keyset.ts';
import {
  type Body,
  type EvaluatedItems,
  type EvaluatedKeys,
  isNegated,
  type Lit,
  maskOf,
  negate,
} from '../graph/node.ts';
import { nth } from '../nth.ts';
import { isMultipleOf } from '../number/decimal.ts';
import { accepts, type Context, formatOf, patternOf, type Truth } from './context.ts';
import { charge } from './meter.ts';

/** Nesting of schema and value together; deeper answers are unknown, never an overflow. */
const maxDepth = 800;

export function holds(context: Context, lit: Lit, value: Json): Truth {
  charge(context.meter, 1);
  const mask = maskOf(value);
  if ((canBe(context.arena, lit) & mask) === 0) return false;
  if ((canBe(context.arena, negate(lit)) & mask) === 0) return true;
  if (context.depth >= maxDepth) {
    context.isTooDeep = true;
    return undefined;
  }
  context.depth++;
  const truth = evaluate(context, bodyOf(context.arena, lit), value);
  context.depth--;
  return truth === undefined ? undefined : truth !== isNegated(lit);
}

/** All of them, three-valued: one false decides. */
export function all<I>(of: Iterable<I>, test: (item: I) => Truth): Truth {
  let result: Truth = true;
  for (const each of of) {
    const truth = test(each);
    if (truth === false) return false;
    if (truth === undefined) result = undefined;
  }
  return result;
}

export function allHold(context: Context, lits: readonly Lit[], value: Json): Truth {
  let result: Truth = true;
  // the innermost loop of everything: an array is gone through without an iterator
  for (let at = 0; at < lits.length; at++) {
    const truth = holds(context, nth(lits, at), value);
    if (truth === false) return false;
    if (truth === undefined) result = undefined;
  }
  return result;
}

function invert(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

function evaluate(context: Context, body: Body, value: Json): Truth {
  switch (body.kind) {
    case 'true':
      return true;
    case 'and':
      return body.of.length > wide && isObject(value)
        ? allOfObject(context, body, value)
        : allHold(context, body.of, value);
    case 'one':
      return exactlyOne(context, body.of, value);
    case 'type':
      return (body.mask & maskOf(value)) !== 0;
    case 'enum':
      return body.values.has(valueKey(value));
    case 'opaque':
    case 'link':
      return undefined;
    default:
      if (typeof value === 'number') return ofNumber(body, value);
      if (typeof value === 'string') return ofString(context, body, value);
      if (isArray(value)) return ofArray(context, body, value);
      return isObject(value) ? ofObject(context, body, value) : true;
  }
}

type Conjunction = Extract<Body, { kind: 'and' }>;

/** Parts of a conjunction past which an object is shown only to those that speak of its own properties. */
const wide = 16;

interface Indexed {
  readonly byKey: ReadonlyMap<string, readonly Lit[]>;
  readonly rest: readonly Lit[];
}

const indexes = new WeakMap<Conjunction, Indexed>();

/** A constraint on a property says nothing of an object that has none of that name. */
function allOfObject(context: Context, body: Conjunction, value: JsonObject): Truth {
  let index = indexes.get(body);
  if (index === undefined) {
    index = indexOf(context, body);
    indexes.set(body, index);
  }
  let result = allHold(context, index.rest, value);
  if (result === false) return false;
  const keys = Object.keys(value);
  charge(context.meter, keys.length);
  for (const key of keys) {
    const truth = allHold(context, index.byKey.get(key) ?? none, value);
    if (truth === false) return false;
    if (truth === undefined) result = undefined;
  }
  return result;
}

const none: readonly Lit[] = [];

/** Not charged: the graph may serve many comparisons, and each has to cost the same. */
function indexOf({ arena }: Context, { of }: Conjunction): Indexed {
  const byKey = new Map<string, Lit[]>();
  const rest: Lit[] = [];
  for (const lit of of) {
    const body = bodyOf(arena, lit);
    if (body.kind !== 'prop' || isNegated(lit)) {
      rest.push(lit);
      continue;
    }
    const list = byKey.get(body.key);
    if (list === undefined) byKey.set(body.key, [lit]);
    else list.push(lit);
  }
  return { byKey, rest };
}

function exactlyOne(context: Context, lits: readonly Lit[], value: Json): Truth {
  let found = 0;
  let unknown = 0;
  for (const lit of lits) {
    const truth = holds(context, lit, value);
    if (truth === true && ++found > 1) return false;
    if (truth === undefined) unknown++;
  }
  return unknown === 0 ? found === 1 : undefined;
}

function ofNumber(body: Body, value: number): Truth {
  switch (body.kind) {
    case 'min':
      return body.exclusive ? value > body.bound : value >= body.bound;
    case 'max':
      return body.exclusive ? value < body.bound : value <= body.bound;
    case 'multiple':
      return isMultipleOf(value, body.of);
    default:
      return true;
  }
}

export function lengthOf(text: string): number {
  let length = text.length;
  for (let at = 0; at + 1 < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0xd800 || code > 0xdbff) continue;
    const next = text.charCodeAt(at + 1);
    if (next >= 0xdc00 && next <= 0xdfff) length--;
  }
  return length;
}

function ofString(context: Context, body: Body, value: string): Truth {
  switch (body.kind) {
    case 'minLength':
      return lengthOf(value) >= body.count;
    case 'maxLength':
      return lengthOf(value) <= body.count;
    case 'pattern':
      return accepts(context, patternOf(context, body.source), value);
    case 'format': {
      const definition = formatOf(context, body.name);
      return definition === null ? true : accepts(context, definition, value);
    }
    default:
      return true;
  }
}

function ofArray(context: Context, body: Body, value: readonly Json[]): Truth {
  switch (body.kind) {
    case 'minItems':
      return value.length >= body.count;
    case 'maxItems':
      return value.length <= body.count;
    case 'unique':
      charge(context.meter, value.length * 4);
      return new Set(value.map(valueKey)).size === value.length;
    case 'item':
      return body.index < value.length ? holds(context, body.lit, value[body.index] as Json) : true;
    case 'items':
      return all(value.slice(body.from), (each) => holds(context, body.lit, each));
    case 'atLeast':
      return compareCount(context, body.lit, value, body.count);
    case 'atMost':
      return invert(compareCount(context, body.lit, value, body.count + 1));
    case 'unevaluatedItems':
      return leftItems(context, body, value);
    default:
      return true;
  }
}

function compareCount(context: Context, lit: Lit, value: readonly Json[], count: number): Truth {
  let sure = 0;
  let maybe = 0;
  for (const each of value) {
    const truth = holds(context, lit, each);
    if (truth === true && ++sure >= count) return true;
    if (truth === undefined) maybe++;
  }
  return sure + maybe < count ? false : undefined;
}

function leftItems(context: Context, body: Extract<Body, { kind: 'unevaluatedItems' }>, value: readonly Json[]): Truth {
  const applies = settle(context, body.but, value);
  if (applies === undefined) return undefined;
  const from = applies.reduce((max, group) => Math.max(max, group.prefix), 0);
  return all(value.slice(Math.min(from, value.length)), (each) => {
    const truth = holds(context, body.lit, each);
    if (truth === true) return true;
    return applies.reduce<Truth>((sofar, group) => {
      if (sofar === true || group.matching === undefined) return sofar;
      const matched = holds(context, group.matching, each);
      return matched === true ? true : matched === undefined ? undefined : sofar;
    }, truth);
  });
}

/** The groups whose conditions hold of `value`; undefined where a condition is unknown. */
function settle<G extends EvaluatedKeys | EvaluatedItems>(
  context: Context,
  groups: readonly G[],
  value: Json,
): readonly G[] | undefined {
  const applies: G[] = [];
  for (const group of groups) {
    const truth = allHold(context, group.when, value);
    if (truth === undefined) return undefined;
    if (truth) applies.push(group);
  }
  return applies;
}

function ofObject(context: Context, body: Body, value: JsonObject): Truth {
  switch (body.kind) {
    case 'has':
      return Object.hasOwn(value, body.key);
    case 'prop':
      return Object.hasOwn(value, body.key) ? holds(context, body.lit, value[body.key] as Json) : true;
    case 'pprop':
      return propertiesHold(context, body, value);
    case 'minProps':
      return Object.keys(value).length >= body.count;
    case 'maxProps':
      return Object.keys(value).length <= body.count;
    case 'unevaluatedKeys':
      return leftKeys(context, body, value);
    default:
      return true;
  }
}

function propertiesHold(context: Context, { keys, lit }: Extract<Body, { kind: 'pprop' }>, value: JsonObject): Truth {
  let result: Truth = true;
  for (const key of Object.keys(value)) {
    const inside = containsKey(context, keys, key);
    if (inside === false) continue;
    const truth = holds(context, lit, value[key] as Json);
    if (truth === true) continue;
    if (truth === false && inside === true) return false;
    result = undefined;
  }
  return result;
}

function leftKeys(context: Context, body: Extract<Body, { kind: 'unevaluatedKeys' }>, value: JsonObject): Truth {
  const applies = settle(context, body.but, value);
  if (applies === undefined) return undefined;
  if (applies.some((group) => group.keys === 'all')) return true;
  return all(Object.keys(value), (key) => {
    let unknown = false;
    for (const group of applies) {
      const inside = group.keys === 'all' ? true : containsKey(context, group.keys, key);
      if (inside === true) return true;
      if (inside === undefined) unknown = true;
    }
    const truth = holds(context, body.lit, value[key] as Json);
    return truth === true ? true : unknown ? undefined : truth;
  });
}

/** Whether a property name belongs to a set of names. */
export function containsKey(context: Context, keys: KeySet, name: string): Truth {
  charge(context.meter, 1);
  let unknown = false;
  let inside = hasName(keys, name);
  for (const source of keys.patterns) {
    if (inside) break;
    const answer = accepts(context, patternOf(context, source), name);
    if (answer === undefined) unknown = true;
    else inside = answer;
  }
  for (const schema of keys.schemas) {
    if (inside) break;
    const answer = holds(context, schema, name);
    if (answer === undefined) unknown = true;
    else inside = answer;
  }
  if (!inside && unknown) return undefined;
  return inside !== keys.complement;
}
