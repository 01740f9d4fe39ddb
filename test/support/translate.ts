/**
 * The same schema in another dialect, as far as one rewriting of keywords does it. Goldens are written once, in 2020-12 or in
 * draft-04; whether a translation still means the same is for validators of that dialect to say, and they are asked.
 */
import { keywordRow, refReplaces } from '../../src/schema/dialect.ts';
import { type Dialect, dialects } from '../../src/schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/schema/json.ts';

type Rewrite = (schema: JsonObject) => JsonObject;

/** A schema of 2020-12 in `dialect`. */
export function downTo(schema: Json, dialect: Dialect): Json {
  if (dialect === '2020-12') return schema;
  const before = (other: Dialect) => dialects.indexOf(dialect) < dialects.indexOf(other);
  return everywhere(schema, {
    from: '2020-12',
    moved: [['/prefixItems/', '/items/'], ...(before('2019-09') ? ([['/$defs/', '/definitions/']] as const) : [])],
    boolean: (each) => (before('draft-06') ? booleanDown(each) : each),
    rewrite: (object) => {
      let made = tupleDown(object);
      if (before('2019-09')) made = separated(dependenciesDown(renamed(made, '$defs', 'definitions')));
      if (before('draft-06')) made = constantDown(boundsDown(renamed(made, '$id', 'id')));
      return made;
    },
  });
}

/** A schema of draft-04 in `dialect`. */
export function upTo(schema: Json, dialect: Dialect): Json {
  const since = (other: Dialect) => dialects.indexOf(dialect) >= dialects.indexOf(other);
  return everywhere(schema, {
    from: 'draft-04',
    moved: since('2020-12') ? [['#/items/', '#/prefixItems/']] : [],
    boolean: (each) => each,
    rewrite: (object) => {
      let made = object;
      if (since('draft-06')) made = boundsUp(renamed(made, 'id', '$id'));
      if (since('2019-09')) made = dependenciesUp(made);
      if (since('2020-12')) made = tupleUp(made);
      return made;
    },
  });
}

/** Parts of pointers that are called otherwise. */
type Moved = readonly (readonly [from: string, to: string])[];

interface Translation {
  readonly from: Dialect;
  readonly moved: Moved;
  /** What stands for a boolean schema. */
  readonly boolean: (schema: boolean) => Json;
  readonly rewrite: Rewrite;
}

/** Rewrites every subschema, the innermost first; references into what was renamed follow. */
function everywhere(schema: Json, translation: Translation): Json {
  const { from, moved, rewrite } = translation;
  if (typeof schema === 'boolean') return translation.boolean(schema);
  if (!isObject(schema)) return schema;
  const below = (value: Json) => everywhere(value, translation);
  const entries = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    const holds = keywordRow(keyword, from)?.holds ?? 'nothing';
    if (keyword === '$ref' && typeof value === 'string') return [keyword, movedReference(value, moved)];
    if (isArray(value) && (holds === 'list' || holds === 'schema or list')) return [keyword, value.map(below)];
    if (isObject(value) && (holds === 'map' || holds === 'map with names'))
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, each]) => [name, below(each)]))];
    return [keyword, holds === 'nothing' ? value : below(value)];
  });
  return rewrite(Object.fromEntries(entries));
}

function movedReference(reference: string, moved: Moved): string {
  let made = reference;
  for (const [from, to] of moved) made = made.replace(from, to);
  return made;
}

function renamed(schema: JsonObject, from: string, to: string): JsonObject {
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name === from ? to : name, value]));
}

function booleanDown(schema: boolean): JsonObject {
  return schema ? {} : { not: {} };
}

function tupleDown({ prefixItems, items, ...rest }: JsonObject): JsonObject {
  if (prefixItems === undefined) return items === undefined ? rest : { ...rest, items };
  return { ...rest, items: prefixItems, ...(items !== undefined && { additionalItems: items }) };
}

function tupleUp({ items, additionalItems, ...rest }: JsonObject): JsonObject {
  if (!isArray(items)) return items === undefined ? rest : { ...rest, items };
  return { ...rest, prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) };
}

function dependenciesDown({ dependentRequired, dependentSchemas, ...rest }: JsonObject): JsonObject {
  if (dependentRequired === undefined && dependentSchemas === undefined) return rest;
  return { ...rest, dependencies: { ...(dependentRequired as JsonObject), ...(dependentSchemas as JsonObject) } };
}

function dependenciesUp({ dependencies, ...rest }: JsonObject): JsonObject {
  if (!isObject(dependencies)) return rest;
  const entries = Object.entries(dependencies);
  return {
    ...rest,
    dependentRequired: Object.fromEntries(entries.filter(([, value]) => isArray(value))),
    dependentSchemas: Object.fromEntries(entries.filter(([, value]) => !isArray(value))),
  };
}

/** Up to draft-07 a reference stands alone. */
function separated({ $ref, definitions, $id, ...rest }: JsonObject): JsonObject {
  const around = { ...(definitions !== undefined && { definitions }), ...($id !== undefined && { $id }) };
  if ($ref === undefined || typeof $ref !== 'string')
    return { ...around, ...rest, ...($ref !== undefined && { $ref }) };
  const bare = Object.keys(rest).length === 0 && $id === undefined;
  return bare ? { ...around, $ref } : { ...around, allOf: [{ $ref }, rest] };
}

function boundsDown(schema: JsonObject): JsonObject {
  const { exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  return {
    ...rest,
    ...(exclusiveMinimum !== undefined && { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(exclusiveMaximum !== undefined && { maximum: exclusiveMaximum, exclusiveMaximum: true }),
  };
}

function boundsUp({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest }: JsonObject): JsonObject {
  const lower = exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum';
  const upper = exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum';
  return {
    ...rest,
    ...(minimum !== undefined && { [lower]: minimum }),
    ...(maximum !== undefined && { [upper]: maximum }),
  };
}

function constantDown({ const: constant, ...rest }: JsonObject): JsonObject {
  return constant === undefined ? rest : { ...rest, enum: [constant] };
}

/** Whether a reference of `schema` has neighbours that its dialect reads and `dialect` does not, or the reverse. */
export function hasRefNeighbours(schema: Json, dialect: Dialect): boolean {
  if (isArray(schema)) return schema.some((each) => hasRefNeighbours(each, dialect));
  if (!isObject(schema)) return false;
  const besides = Object.keys(schema).some((name) => {
    const role = keywordRow(name, 'draft-04')?.role;
    return role === 'assertion' || role === 'applicator' || name === 'id';
  });
  const counts = typeof schema.$ref === 'string' && besides && !refReplaces(dialect);
  return counts || Object.values(schema).some((each) => hasRefNeighbours(each, dialect));
}
