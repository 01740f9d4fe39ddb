/** What an object holds beyond its named properties: applicator §10.3.2 and validation §6.5. */
import { isArray, isObject, type Json } from '../../../schema/json.ts';
import { append } from '../../../schema/pointer.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import { isSchema } from '../../../schema/walk.ts';
import type { Side } from '../../decide/decide.ts';
import { below, type Cover, type Differ, inPlace, type Spot, type Two } from '../change.ts';
import type { Held, View } from '../view.ts';
import { type ChildRules, compareChild, schemaAt } from './child.ts';
import { compareLimits, type Limit } from './count.ts';
import { compareProperties } from './property.ts';

const limits: readonly Limit[] = [
  { keyword: 'minProperties', absent: 0, raised: 'MIN_PROPERTIES_RAISED', lowered: 'MIN_PROPERTIES_LOWERED' },
  {
    keyword: 'maxProperties',
    absent: Number.POSITIVE_INFINITY,
    raised: 'MAX_PROPERTIES_RAISED',
    lowered: 'MAX_PROPERTIES_LOWERED',
  },
];
const additionalRules: ChildRules = {
  narrowed: 'ADDITIONAL_PROPERTIES_SCHEMA_NARROWED',
  widened: 'ADDITIONAL_PROPERTIES_SCHEMA_WIDENED',
  closed: 'ADDITIONAL_PROPERTIES_CLOSED',
  opened: 'ADDITIONAL_PROPERTIES_OPENED',
};
const unevaluatedRules: ChildRules = {
  narrowed: 'UNEVALUATED_PROPERTIES_NARROWED',
  widened: 'UNEVALUATED_PROPERTIES_WIDENED',
  closed: 'UNEVALUATED_PROPERTIES_CLOSED',
  opened: 'UNEVALUATED_PROPERTIES_OPENED',
};
const patternRules: ChildRules = { narrowed: 'PATTERN_PROPERTIES_NARROWED', widened: 'PATTERN_PROPERTIES_WIDENED' };

export function compareObjects(differ: Differ, two: Two, spot: Spot): void {
  compareProperties(differ, two, spot);
  comparePatterns(differ, two, spot);
  for (const [keyword, rules] of [
    ['additionalProperties', additionalRules],
    ['unevaluatedProperties', unevaluatedRules],
  ] as const) {
    const child = {
      previous: schemaAt(differ, 'previous', two.previous, keyword),
      next: schemaAt(differ, 'next', two.next, keyword),
    };
    compareChild(differ, two, below(spot, '*'), child, rules);
  }
  compareNames(differ, two, spot);
  compareLimits(differ, two, spot, limits);
  compareDependentNames(differ, two, spot);
  compareDependentSchemas(differ, two, spot);
}

/** By source first; what is left over, by the names that match. */
function comparePatterns(differ: Differ, two: Two, spot: Spot): void {
  const { previous, next } = two;
  const gone = [...previous.patterns].filter(([source]) => !next.patterns.has(source));
  const come = [...next.patterns].filter(([source]) => !previous.patterns.has(source));
  for (const [pattern, from] of previous.patterns) {
    const to = next.patterns.get(pattern);
    if (to !== undefined)
      compareChild(differ, two, below(spot, '*'), { previous: from, next: to }, patternRules, { pattern });
  }
  for (const [pattern, from] of gone) {
    const twin = come.findIndex(([source]) => differ.relatePatterns(pattern, source) === 'equal');
    if (twin >= 0) {
      const [[, to]] = come.splice(twin, 1) as [[string, SchemaLocation]];
      compareChild(differ, two, below(spot, '*'), { previous: from, next: to }, patternRules, { pattern });
    } else {
      const covers = patternCovers('previous', from, next, pattern);
      differ.emit('PATTERN_PROPERTIES_REMOVED', two, below(spot, '*'), { previous: from.pointer }, { pattern }, covers);
    }
  }
  for (const [pattern, to] of come) {
    const covers = patternCovers('next', to, previous, pattern);
    differ.emit('PATTERN_PROPERTIES_ADDED', two, below(spot, '*'), { next: to.pointer }, { pattern }, covers);
  }
}

/** Its own schema, and on the other side the ban on undeclared names it is or was an exception from. */
function patternCovers(side: Side, own: SchemaLocation, other: View, pattern: string): readonly Cover[] {
  const bans = ['additionalProperties', 'unevaluatedProperties'].flatMap((keyword): readonly Cover[] => {
    const held = other.held.get(keyword);
    return held === undefined ? [] : [{ side: side === 'next' ? 'previous' : 'next', pointer: held.pointer, pattern }];
  });
  return [{ side, pointer: own.pointer }, ...bans];
}

/** An edit inside propertyNames is about names: it is reported at the keyword. */
function compareNames(differ: Differ, two: Two, spot: Spot): void {
  const previous = schemaAt(differ, 'previous', two.previous, 'propertyNames');
  const next = schemaAt(differ, 'next', two.next, 'propertyNames');
  if (previous === undefined && next === undefined) return;
  const at = { previous: previous?.pointer, next: next?.pointer };
  const relation = relationOfNames(differ, two, previous, next);
  if (relation !== 'wider' && relation !== 'equal') differ.emit('PROPERTY_NAMES_NARROWED', two, spot, at, {});
  if (relation !== 'narrower' && relation !== 'equal') differ.emit('PROPERTY_NAMES_WIDENED', two, spot, at, {});
}

function relationOfNames(
  differ: Differ,
  two: Two,
  previous: SchemaLocation | undefined,
  next: SchemaLocation | undefined,
) {
  if (previous !== undefined && next !== undefined) {
    if (differ.shape('previous', previous) === differ.shape('next', next)) return 'equal';
  }
  const asString = (place: SchemaLocation): SchemaLocation => ({ ...place, schema: { type: 'string' } });
  const relation = differ.relate(previous ?? asString(two.previous.place), next ?? asString(two.next.place));
  if (relation !== 'unknown') return relation;
  return previous === undefined ? 'narrower' : next === undefined ? 'wider' : 'unknown';
}

/** `dependentRequired`, and the arrays of `dependencies` up to draft-07. */
function dependentNames(
  view: View,
): ReadonlyMap<string, { readonly names: readonly string[]; readonly pointer: string }> {
  const found = new Map<string, { readonly names: readonly string[]; readonly pointer: string }>();
  for (const held of dependents(view, 'dependentRequired'))
    for (const [name, names] of entries(held))
      if (isArray(names))
        found.set(name, {
          names: names.filter((each) => typeof each === 'string'),
          pointer: append(held.pointer, name),
        });
  return found;
}

function dependents(view: View, keyword: string): readonly Held[] {
  return [view.held.get(keyword), view.held.get('dependencies')].filter((held) => held !== undefined);
}

function entries(held: Held): readonly (readonly [string, Json])[] {
  return isObject(held.value) ? Object.entries(held.value) : [];
}

function compareDependentNames(differ: Differ, two: Two, spot: Spot): void {
  const previous = dependentNames(two.previous);
  const next = dependentNames(two.next);
  for (const property of [...new Set([...previous.keys(), ...next.keys()])]) {
    const from = previous.get(property);
    const to = next.get(property);
    const at = { previous: from?.pointer, next: to?.pointer };
    const come = (to?.names ?? []).filter((name) => !from?.names.includes(name));
    const gone = (from?.names ?? []).filter((name) => !to?.names.includes(name));
    if (come.length > 0) differ.emit('DEPENDENT_REQUIRED_ADDED', two, spot, at, { property, names: come });
    if (gone.length > 0) differ.emit('DEPENDENT_REQUIRED_REMOVED', two, spot, at, { property, names: gone });
  }
}

function dependentSchemas(differ: Differ, side: Side, view: View): ReadonlyMap<string, SchemaLocation> {
  const found = new Map<string, SchemaLocation>();
  for (const held of dependents(view, 'dependentSchemas')) {
    const keyword = held.pointer.slice(held.pointer.lastIndexOf('/') + 1);
    for (const [name, schema] of entries(held))
      if (isSchema(schema)) found.set(name, differ.child(side, held.place, [keyword, name], schema));
  }
  return found;
}

function compareDependentSchemas(differ: Differ, two: Two, spot: Spot): void {
  const previous = dependentSchemas(differ, 'previous', two.previous);
  const next = dependentSchemas(differ, 'next', two.next);
  const rules: ChildRules = { narrowed: 'DEPENDENT_SCHEMA_NARROWED', widened: 'DEPENDENT_SCHEMA_WIDENED' };
  for (const property of [...new Set([...previous.keys(), ...next.keys()])]) {
    const child = { previous: previous.get(property), next: next.get(property) };
    compareChild(differ, two, inPlace(spot, two), child, rules, { property });
  }
}
