/**
 * A schema as the differ reads it: references followed, allOf folded in where that changes nothing, dialects brought to one
 * form. What cannot be folded in stays a conjunct.
 */
import { active, isReplaced, type Keyword, keywordRow, keywords } from '../../schema/dialect.ts';
import type { Dialect } from '../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { References, SchemaLocation } from '../../schema/reference.ts';
import { isSchema } from '../../schema/walk.ts';
import { same } from './same.ts';

export interface Held {
  readonly value: Json;
  readonly pointer: Pointer;
  /** The schema it stands in. */
  readonly place: SchemaLocation;
}

export interface View {
  /** What the schema is after bare references: the target. */
  readonly place: SchemaLocation;
  readonly dialect: Dialect;
  /** It contains `false`. */
  readonly never: boolean;
  readonly held: ReadonlyMap<string, Held>;
  readonly properties: ReadonlyMap<string, SchemaLocation>;
  readonly patterns: ReadonlyMap<string, SchemaLocation>;
  /** Required names, each with the pointer of the keyword that lists it. */
  readonly required: ReadonlyMap<string, Pointer>;
  readonly conjuncts: readonly SchemaLocation[];
  readonly references: readonly Reference[];
}

export interface Reference {
  readonly text: string;
  readonly pointer: Pointer;
  readonly target: SchemaLocation | undefined;
}

interface Draft extends View {
  place: SchemaLocation;
  never: boolean;
  readonly held: Map<string, Held>;
  readonly properties: Map<string, SchemaLocation>;
  readonly patterns: Map<string, SchemaLocation>;
  readonly required: Map<string, Pointer>;
  readonly conjuncts: SchemaLocation[];
  readonly references: Reference[];
  readonly seen: Set<Json>;
}

/** Keywords that read each other: all of a group must come from one schema. */
const groups = [
  ['items', 'prefixItems', 'additionalItems'],
  ['contains', 'minContains', 'maxContains'],
  ['if', 'then', 'else'],
  ['minimum', 'exclusiveMinimum'],
  ['maximum', 'exclusiveMaximum'],
] as const;

export function viewOf(refs: References, place: SchemaLocation): View {
  const draft: Draft = {
    place,
    dialect: place.resource.dialect,
    never: false,
    held: new Map(),
    properties: new Map(),
    patterns: new Map(),
    required: new Map(),
    conjuncts: [],
    references: [],
    seen: new Set(),
  };
  collect(refs, draft, place, true, 0);
  return draft;
}

/** References followed from one schema in place: past this many they are taken as further conditions. */
const maxFollowed = 100;

function collect(refs: References, draft: Draft, place: SchemaLocation, primary: boolean, depth: number): void {
  const { schema } = place;
  if (schema === false) draft.never = true;
  if (!isObject(schema) || draft.seen.has(schema)) return; // a cycle in place adds nothing
  draft.seen.add(schema);
  const { dialect } = place.resource;
  const isFolded = depth <= maxFollowed && (primary || (foldable(schema, dialect) && absorbs(draft, place, schema)));
  if (!isFolded) {
    draft.conjuncts.push(place);
    return;
  }
  if (primary) draft.place = place;
  absorb(refs, draft, place, schema);
  const bare = isBare(schema, dialect);
  for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef'] as const) {
    const text = active(schema, keyword, dialect);
    if (typeof text !== 'string') continue;
    const target = refs.resolve(place, text);
    draft.references.push({ text, pointer: append(place.pointer, keyword), target });
    if (target !== undefined) collect(refs, draft, target, primary && bare, depth + 1);
  }
  const conjuncts = active(schema, 'allOf', dialect);
  if (!isArray(conjuncts)) return;
  conjuncts.forEach((conjunct, index) => {
    const at = refs.descend(place, ['allOf', String(index)], conjunct);
    if (isSchema(conjunct)) collect(refs, draft, at, primary && bare && conjuncts.length === 1, depth + 1);
  });
}

/** `unevaluated*` sees what its own schema applies and nothing else. */
function foldable(schema: JsonObject, dialect: Dialect): boolean {
  const closed =
    active(schema, 'unevaluatedProperties', dialect) !== undefined ||
    active(schema, 'unevaluatedItems', dialect) !== undefined;
  return !closed;
}

/** Nothing but one reference, or one conjunct, and annotations. */
function isBare(schema: JsonObject, dialect: Dialect): boolean {
  if (isReplaced(schema, dialect)) return true;
  let folded = 0;
  for (const keyword of Object.keys(schema)) {
    const row = keywordRow(keyword, dialect);
    if (keyword === 'allOf' || keyword === '$ref' || keyword === '$dynamicRef' || keyword === '$recursiveRef') folded++;
    else if (row?.role === 'assertion' || row?.role === 'applicator') return false;
  }
  return folded === 1;
}

const elsewhere = new Set(['properties', 'patternProperties', 'required', 'allOf']);

function constraints(schema: JsonObject, dialect: Dialect): readonly string[] {
  return Object.keys(schema).filter((keyword) => {
    const role = keywordRow(keyword, dialect)?.role;
    return (role === 'assertion' || role === 'applicator') && active(schema, keyword as 'type', dialect) !== undefined;
  });
}

/** Whether the keywords of `schema` say the same beside what the draft holds as they do alone. */
function absorbs(draft: Draft, place: SchemaLocation, schema: JsonObject): boolean {
  const own = constraints(schema, place.resource.dialect);
  for (const keyword of own) {
    const held = draft.held.get(keyword);
    if (!elsewhere.has(keyword) && held !== undefined && !same(held.value, schema[keyword])) return false;
  }
  for (const group of groups) {
    if (group.some((keyword) => own.includes(keyword)) && group.some((keyword) => draft.held.has(keyword))) {
      if (!group.every((keyword) => same(draft.held.get(keyword)?.value, member(schema, keyword)))) return false;
    }
  }
  return absorbsNames(draft, schema, own);
}

function absorbsNames(draft: Draft, schema: JsonObject, own: readonly string[]): boolean {
  const names = isObject(schema.properties) ? Object.keys(schema.properties) : [];
  const patterns = isObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : [];
  if (names.some((name) => draft.properties.has(name)) || patterns.some((source) => draft.patterns.has(source)))
    return false;
  const here = names.length + patterns.length > 0 || own.includes('additionalProperties');
  const there = draft.properties.size + draft.patterns.size > 0 || draft.held.has('additionalProperties');
  const bounded = own.includes('additionalProperties') || draft.held.has('additionalProperties');
  return !(here && there && bounded);
}

function absorb(refs: References, draft: Draft, place: SchemaLocation, schema: JsonObject): void {
  const { dialect } = place.resource;
  for (const [keyword, value] of Object.entries(schema)) {
    const pointer = append(place.pointer, keyword);
    if (Object.hasOwn(keywords, keyword) && active(schema, keyword as Keyword, dialect) === undefined) continue;
    if (keyword === 'properties' || keyword === 'patternProperties') {
      if (!isObject(value)) continue;
      const into = keyword === 'properties' ? draft.properties : draft.patterns;
      for (const [name, child] of Object.entries(value))
        if (isSchema(child)) into.set(name, refs.descend(place, [keyword, name], child));
    } else if (keyword === 'required') {
      for (const name of isArray(value) ? value : [])
        if (typeof name === 'string' && !draft.required.has(name)) draft.required.set(name, pointer);
    } else if (keyword !== 'allOf' && !draft.held.has(keyword)) draft.held.set(keyword, { value, pointer, place });
  }
}

const unconstraining = new Set(['additionalProperties', 'items', 'unevaluatedProperties', 'unevaluatedItems']);

/** Whether every value passes, as far as text tells. */
export function isAny(view: View): boolean {
  if (view.never || view.required.size > 0 || view.properties.size > 0 || view.patterns.size > 0) return false;
  if (view.conjuncts.length > 0 || view.references.some(({ target }) => target === undefined)) return false;
  for (const [keyword, { value, place }] of view.held) {
    const row = keywordRow(keyword, place.resource.dialect);
    if (row?.role !== 'assertion' && row?.role !== 'applicator') continue;
    if (!(unconstraining.has(keyword) && isAnySchema(value))) return false;
  }
  return true;
}

const inert = new Set(['$id', 'id', '$schema', '$defs', 'definitions', '$anchor']);

export function isAnySchema(schema: Json | undefined): boolean {
  if (schema === true) return true;
  if (!isObject(schema)) return false;
  return Object.keys(schema).every((keyword) => {
    const row = Object.hasOwn(keywords, keyword) ? keywords[keyword as Keyword] : undefined;
    return row === undefined || row.role === 'annotation' || inert.has(keyword);
  });
}
