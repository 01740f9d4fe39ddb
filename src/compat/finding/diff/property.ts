/** Named properties: declared, required, removed, renamed. */
import { escapeSegment, type Pointer } from '../../../schema/pointer.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import type { Side } from '../../decide/decide.ts';
import { below, type Cover, type Differ, type Spot, type Two } from '../change.ts';
import type { RuleId } from '../ids.ts';
import type { View } from '../view.ts';
import { schemaAt, stateOf } from './child.ts';
import { renames } from './rename.ts';

export function compareProperties(differ: Differ, two: Two, spot: Spot): void {
  const { previous, next } = two;
  const removed = new Map([...previous.properties].filter(([name]) => !next.properties.has(name)));
  const added = new Map([...next.properties].filter(([name]) => !previous.properties.has(name)));
  for (const [from, to] of renames(differ, two, removed, added)) {
    reportRename(differ, two, spot, from, to);
    removed.delete(from);
    added.delete(to);
  }
  for (const [name, place] of previous.properties) {
    const twin = next.properties.get(name);
    if (twin !== undefined) differ.compare(place, twin, at(spot, name));
  }
  for (const [name, place] of removed) reportRemoved(differ, two, spot, name, place);
  for (const [name, place] of added) reportAdded(differ, two, spot, name, place);
  compareRequired(differ, two, spot, new Set(removed.keys()), new Set(added.keys()));
}

function at(spot: Spot, name: string): Spot {
  return below(spot, escapeSegment(name));
}

/** Where violations about `name` surface on one side: its schema, the list of required names, a ban on undeclared ones. */
function coversOf(side: Side, view: View, name: string): readonly Cover[] {
  const covers: Cover[] = [];
  const property = view.properties.get(name);
  if (property !== undefined) covers.push({ side, pointer: property.pointer });
  const required = view.required.get(name);
  if (required !== undefined) covers.push({ side, pointer: required, name });
  for (const keyword of ['additionalProperties', 'unevaluatedProperties']) {
    const held = view.held.get(keyword);
    if (property === undefined && held !== undefined) covers.push({ side, pointer: held.pointer, name });
  }
  return covers;
}

function both(two: Two, name: string): readonly Cover[] {
  return [...coversOf('previous', two.previous, name), ...coversOf('next', two.next, name)];
}

/** The nearest pointer a missing property can be shown at. */
function container(view: View): Pointer {
  const first = view.properties.values().next().value;
  return first === undefined ? view.place.pointer : first.pointer.slice(0, first.pointer.lastIndexOf('/'));
}

function reportRename(differ: Differ, two: Two, spot: Spot, from: string, to: string): void {
  const pointers = { previous: two.previous.properties.get(from)?.pointer, next: two.next.properties.get(to)?.pointer };
  const covers = [...both(two, from), ...both(two, to)];
  differ.emit('PROPERTY_POSSIBLE_RENAME', two, at(spot, to), pointers, { previous: from, next: to }, covers);
}

function reportAdded(differ: Differ, two: Two, spot: Spot, property: string, place: SchemaLocation): void {
  const pointers = { previous: container(two.previous), next: place.pointer };
  const rule = addedRule(differ, two, spot, property, place);
  const params = { property, required: two.next.required.has(property) };
  differ.emit(rule, two, at(spot, property), pointers, params, both(two, property));
}

function addedRule(differ: Differ, two: Two, spot: Spot, name: string, place: SchemaLocation): RuleId {
  const { previous, next } = two;
  if (next.required.has(name) && !previous.required.has(name)) return 'PROPERTY_ADDED_REQUIRED';
  if (stateOf(differ, 'next', place) === 'never') return 'SCHEMA_NOW_FALSE';
  switch (opennessOf(differ, 'previous', previous, spot)) {
    case 'closed':
      return 'PROPERTY_ADDED_TO_CLOSED';
    case 'explicitly open':
      return 'PROPERTY_ADDED_TO_EXPLICIT_OPEN';
    case 'free-form':
      return 'PROPERTY_ADDED_TO_FREE_FORM';
    case 'open':
      return 'PROPERTY_ADDED_OPTIONAL';
  }
}

function reportRemoved(differ: Differ, two: Two, spot: Spot, property: string, place: SchemaLocation): void {
  const pointers = { previous: place.pointer, next: container(two.next) };
  const required = two.previous.required.has(property);
  const closed = opennessOf(differ, 'next', two.next, spot) === 'closed';
  const rule: RuleId =
    required && !two.next.required.has(property)
      ? 'PROPERTY_REMOVED_REQUIRED'
      : stateOf(differ, 'previous', place) === 'never' && !closed
        ? 'SCHEMA_NOW_ANY'
        : closed
          ? 'PROPERTY_REMOVED_FROM_CLOSED'
          : 'PROPERTY_REMOVED';
  differ.emit(rule, two, at(spot, property), pointers, { property, required }, both(two, property));
}

type Openness = 'closed' | 'explicitly open' | 'free-form' | 'open';

function opennessOf(differ: Differ, side: Side, view: View, spot: Spot): Openness {
  let stated: Openness | undefined;
  for (const keyword of ['additionalProperties', 'unevaluatedProperties']) {
    const rest = schemaAt(differ, side, view, keyword);
    if (rest === undefined) continue;
    if (stateOf(differ, side, rest) === 'never') return 'closed';
    stated = 'explicitly open';
  }
  const views = [view, ...spot.around.map((around) => around[side])];
  const declares = views.some(
    ({ properties, patterns, required }) => properties.size + patterns.size + required.size > 0,
  );
  if (view.held.has('dependentRequired')) return stated ?? 'open';
  // what other schemas of the same value declare is not seen here: then the plain name is the safer one
  return stated ?? (declares || view.conjuncts.length > 0 || hasUnion(view) ? 'open' : 'free-form');
}

function hasUnion(view: View): boolean {
  return ['anyOf', 'oneOf', 'if'].some((keyword) => view.held.has(keyword));
}

/** Names that are declared on both sides, or on neither, and change in being required. */
function compareRequired(
  differ: Differ,
  two: Two,
  spot: Spot,
  removed: ReadonlySet<string>,
  added: ReadonlySet<string>,
): void {
  const renamed = (name: string, of: View, other: View, seen: ReadonlySet<string>) =>
    of.properties.has(name) && !other.properties.has(name) && !seen.has(name);
  for (const [property, pointer] of two.next.required) {
    if (two.previous.required.has(property) || added.has(property)) continue;
    if (renamed(property, two.next, two.previous, added)) continue;
    const declared = declares(two, spot, 'next', property);
    const rule = declared ? 'REQUIRED_ADDED' : 'REQUIRED_UNDECLARED_NAME';
    const pointers = { next: pointer };
    differ.emit(rule, two, at(spot, property), pointers, { property }, [{ side: 'next', pointer, name: property }]);
  }
  for (const [property, pointer] of two.previous.required) {
    if (two.next.required.has(property) || removed.has(property)) continue;
    if (renamed(property, two.previous, two.next, removed)) continue;
    const covers: readonly Cover[] = [{ side: 'previous', pointer, name: property }];
    differ.emit('REQUIRED_REMOVED', two, at(spot, property), { previous: pointer }, { property }, covers);
  }
}

/** A branch of a union may require what the schema around it declares. */
function declares(two: Two, spot: Spot, side: Side, name: string): boolean {
  return [two, ...spot.around].some((each) => each[side].properties.has(name));
}
