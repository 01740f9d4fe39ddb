/** `type`, `enum`, `const`: validation §6.1. Integers and fractions are distinct, so that number is both. */

import { canonicalize } from '../../../schema/canonical.ts';
import { isArray, type Json } from '../../../schema/json.ts';
import type { Pointer } from '../../../schema/pointer.ts';
import { nth } from '../../nth.ts';
import type { Differ, Spot, Two } from '../change.ts';
import { isAny, type View } from '../view.ts';

export const atoms = ['null', 'boolean', 'object', 'array', 'string', 'integer', 'fraction'] as const;
export type Atom = (typeof atoms)[number];

const every: ReadonlySet<Atom> = new Set(atoms);
const listed = 20;

interface Values {
  readonly pointer: Pointer;
  readonly byText: ReadonlyMap<string, Json>;
}

/** The types both sides admit, or undefined where nothing further can be compared. */
export function compareTypes(differ: Differ, two: Two, spot: Spot): ReadonlySet<Atom> | undefined {
  if (compareExtremes(differ, two, spot)) return undefined;
  const types = { previous: typesOf(two.previous), next: typesOf(two.next) };
  const values = {
    previous: valuesOf(differ, two.previous, types.previous),
    next: valuesOf(differ, two.next, types.next),
  };
  const common = new Set([...types.previous].filter((atom) => types.next.has(atom)));
  if (values.previous !== undefined && values.next !== undefined) {
    compareValues(differ, two, spot, values.previous, values.next);
    return common;
  }
  const admitted = {
    previous: values.previous === undefined ? types.previous : atomsOfValues(values.previous),
    next: values.next === undefined ? types.next : atomsOfValues(values.next),
  };
  const disjoint = ![...admitted.previous].some((atom) => admitted.next.has(atom));
  if (disjoint || (values.previous === undefined && values.next === undefined)) {
    if (!compareTypeSets(differ, two, spot, disjoint ? admitted : types)) return undefined;
  } else compareToList(differ, two, spot, values);
  return common.size === 0 ? undefined : common;
}

/** False and true as whole schemas. */
function compareExtremes(differ: Differ, two: Two, spot: Spot): boolean {
  const { previous, next } = two;
  const at = { previous: previous.place.pointer, next: next.place.pointer };
  if (previous.never && next.never) return true;
  if (next.never) {
    differ.emit('SCHEMA_NOW_FALSE', two, spot, at, {});
    return true;
  }
  if (isAny(next) && !isAny(previous) && (next.place.schema === true || previous.held.has('type'))) {
    differ.emit('SCHEMA_NOW_ANY', two, spot, at, {});
    return true;
  }
  if (!previous.never) return false;
  if (isAny(next)) differ.emit('SCHEMA_NOW_ANY', two, spot, at, {});
  else differ.emit('TYPE_WIDENED', two, spot, at, { previous: [], next: names(typesOf(next)) });
  return true;
}

export function typesOf(view: View): ReadonlySet<Atom> {
  const stated = view.held.get('type')?.value;
  if (stated === undefined) return every;
  const found = new Set<Atom>();
  for (const name of isArray(stated) ? stated : [stated]) {
    if (name === 'number') found.add('integer').add('fraction');
    else if (atoms.includes(name as Atom)) found.add(name as Atom);
  }
  return found;
}

function names(types: Iterable<Atom>): readonly string[] {
  const set = new Set<string>(types);
  const number = set.has('integer') && set.has('fraction');
  const sorted = [...set].filter((name) => name !== 'fraction' && !(number && name === 'integer'));
  return [...sorted, ...(set.has('fraction') ? ['number'] : [])].sort();
}

/** Emits at most one finding; false where nothing is left to compare. */
function compareTypeSets(
  differ: Differ,
  two: Two,
  spot: Spot,
  types: { readonly previous: ReadonlySet<Atom>; readonly next: ReadonlySet<Atom> },
): boolean {
  const gone = [...types.previous].filter(
    (atom) => !types.next.has(atom) && !(atom === 'fraction' && isWhole(two.previous)),
  );
  const come = [...types.next].filter(
    (atom) => !types.previous.has(atom) && !(atom === 'fraction' && isWhole(two.next)),
  );
  if (gone.length === 0 && come.length === 0) return true;
  const rule = gone.length === 0 ? 'TYPE_WIDENED' : come.length === 0 ? 'TYPE_NARROWED' : 'TYPE_REPLACED';
  const at = { previous: typePointer(two.previous), next: typePointer(two.next) };
  const params = { previous: names(types.previous), next: names(types.next) };
  differ.emit(rule, two, spot, at, params, typeCovers(two));
  return gone.length < types.previous.size;
}

/** A change of type shows as a violation of `type` or, where only a list remains, of `enum`. */
function typeCovers(two: Two) {
  return (['previous', 'next'] as const).flatMap((side) =>
    ['type', 'enum', 'const'].flatMap((keyword) => {
      const held = two[side].held.get(keyword);
      return held === undefined ? [] : [{ side, pointer: held.pointer }];
    }),
  );
}

function typePointer(view: View): Pointer | undefined {
  return (view.held.get('type') ?? view.held.get('const') ?? view.held.get('enum'))?.pointer;
}

/** Fractions are kept out by a whole step: the step is compared with the numbers. */
function isWhole(view: View): boolean {
  const step = view.held.get('multipleOf')?.value;
  return typeof step === 'number' && Number.isInteger(step);
}

/** The values a schema lists, if it lists them: enum, const, or a union of nothing but constants. */
function valuesOf(differ: Differ, view: View, types: ReadonlySet<Atom>): Values | undefined {
  const constant = view.held.get('const');
  const list = view.held.get('enum');
  if (constant !== undefined) return values(constant.pointer, [constant.value], types);
  if (list !== undefined && isArray(list.value)) return values(list.pointer, list.value, types);
  return unionOfConstants(differ, view, types);
}

function unionOfConstants(_differ: Differ, view: View, types: ReadonlySet<Atom>): Values | undefined {
  if (view.held.has('anyOf') && view.held.has('oneOf')) return undefined;
  const union = view.held.get('anyOf') ?? view.held.get('oneOf');
  if (union === undefined || !isArray(union.value) || union.value.length === 0) return undefined;
  const all: Json[] = [];
  for (const branch of union.value) {
    const constants = constantsOf(branch);
    if (constants === undefined) return undefined;
    all.push(...constants);
  }
  const found = values(union.pointer, all, types);
  // a value that two branches of oneOf list is rejected
  return view.held.has('oneOf') && found.byText.size < all.length ? undefined : found;
}

const beside = new Set(['title', 'description', '$comment', 'deprecated', 'type']);

function constantsOf(branch: Json): readonly Json[] | undefined {
  if (typeof branch !== 'object' || branch === null || isArray(branch)) return undefined;
  const rest = Object.keys(branch as object).filter((keyword) => !beside.has(keyword) && !keyword.startsWith('x-'));
  const [only] = rest;
  const held = branch as { readonly [key: string]: Json };
  if (rest.length !== 1 || (only !== 'const' && only !== 'enum')) return undefined;
  if (only === 'enum') return isArray(held.enum) ? held.enum : undefined;
  return [held.const as Json];
}

function values(pointer: Pointer, list: readonly Json[], types: ReadonlySet<Atom>): Values {
  const byText = new Map<string, Json>();
  for (const value of list) if (types.has(atomOf(value))) byText.set(canonicalize(value), value);
  return { pointer, byText };
}

export function isUnionOfConstants(differ: Differ, view: View): boolean {
  if (view.held.has('const') || view.held.has('enum')) return false;
  return unionOfConstants(differ, view, every) !== undefined;
}

export function atomOf(value: Json): Atom {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return typeof value as 'boolean' | 'string' | 'object';
}

function atomsOfValues({ byText }: Values): ReadonlySet<Atom> {
  return new Set([...byText.values()].map(atomOf));
}

function compareValues(differ: Differ, two: Two, spot: Spot, previous: Values, next: Values): void {
  const gone = [...previous.byText].filter(([text]) => !next.byText.has(text)).map(([, value]) => value);
  const come = [...next.byText].filter(([text]) => !previous.byText.has(text)).map(([, value]) => value);
  const at = { previous: previous.pointer, next: next.pointer };
  if (gone.length === 1 && come.length === 1 && previous.byText.size === 1 && next.byText.size === 1) {
    differ.emit('CONST_CHANGED', two, spot, at, { previous: nth(gone, 0), next: nth(come, 0) });
    return;
  }
  if (gone.length > 0) differ.emit('ENUM_VALUE_REMOVED', two, spot, at, some(gone));
  if (come.length > 0) differ.emit('ENUM_VALUE_ADDED', two, spot, at, some(come));
}

/** One side lists its values, the other does not. */
function compareToList(
  differ: Differ,
  two: Two,
  spot: Spot,
  values: { readonly previous: Values | undefined; readonly next: Values | undefined },
): void {
  const at = {
    previous: values.previous?.pointer,
    next: values.next?.pointer,
  };
  if (values.next !== undefined) {
    const { values: next, count } = some([...values.next.byText.values()]);
    differ.emit('ENUM_ADDED', two, spot, at, { next: next!, count: count! });
  } else if (values.previous !== undefined) {
    const { values: previous, count } = some([...values.previous.byText.values()]);
    differ.emit('ENUM_REMOVED', two, spot, at, { previous: previous!, count: count! });
  }
}

/** Enough values to recognise the edit by; a list may have thousands. */
function some(all: readonly Json[]): Readonly<Record<string, Json>> {
  return { values: all.slice(0, listed), count: all.length };
}
