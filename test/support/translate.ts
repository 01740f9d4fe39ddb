/**
 * The same schema in an older dialect, as far as one rewriting of keywords does it. Cases are written once, in 2020-12; whether a
 * translation still means the same is for validators of that dialect to say, and they are asked.
 */
import { keywordRow } from '../../src/schema/dialect.ts';
import { type Dialect, dialects } from '../../src/schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/schema/json.ts';

type Rewrite = (schema: JsonObject) => JsonObject;

/** A schema of 2020-12 in `dialect`. */
export function downTo(schema: Json, dialect: Dialect): Json {
  if (dialect === '2020-12') return schema;
  const before = (other: Dialect) => dialects.indexOf(dialect) < dialects.indexOf(other);
  return everywhere(schema, {
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

/** Parts of pointers that are called otherwise. */
type Moved = readonly (readonly [from: string, to: string])[];

interface Translation {
  readonly moved: Moved;
  /** What stands for a boolean schema. */
  readonly boolean: (schema: boolean) => Json;
  readonly rewrite: Rewrite;
}

/** Rewrites every subschema, the innermost first; references into what was renamed follow. */
function everywhere(schema: Json, translation: Translation): Json {
  const { moved, rewrite } = translation;
  if (typeof schema === 'boolean') return translation.boolean(schema);
  if (!isObject(schema)) return schema;
  const below = (value: Json) => everywhere(value, translation);
  const entries = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    const holds = keywordRow(keyword, '2020-12')?.holds ?? 'nothing';
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

function dependenciesDown({ dependentRequired, dependentSchemas, ...rest }: JsonObject): JsonObject {
  if (dependentRequired === undefined && dependentSchemas === undefined) return rest;
  return { ...rest, dependencies: { ...(dependentRequired as JsonObject), ...(dependentSchemas as JsonObject) } };
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

function constantDown({ const: constant, ...rest }: JsonObject): JsonObject {
  return constant === undefined ? rest : { ...rest, enum: [constant] };
}
