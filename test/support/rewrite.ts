/** Rewritings that mean the same: every verdict between a schema and its rewriting is compatible, in both directions. */
import { isArray, isObject, type Json, type JsonObject } from '../../src/schema/json.ts';

/** A row is a rewriting of one schema object that changes no accepted value. */
export const rewritings: Readonly<Record<string, (schema: JsonObject) => Json>> = {
  'members reversed': (schema) => Object.fromEntries(Object.entries(schema).reverse()),
  'wrapped in allOf': (schema) => onlyRoot(schema, (inner) => ({ allOf: [inner] })),
  'wrapped in anyOf': (schema) => onlyRoot(schema, (inner) => ({ anyOf: [inner] })),
  'wrapped in oneOf': (schema) => onlyRoot(schema, (inner) => ({ oneOf: [inner] })),
  'negated twice': (schema) => onlyRoot(schema, (inner) => ({ not: { not: inner } })),
  'behind a reference': (schema) => behindReference(schema),
  'lists reversed': (schema) => everywhere(schema, listsReversed),
  'constants as lists': (schema) => everywhere(schema, constantsAsLists),
  annotated: (schema) => everywhere(schema, (object) => ({ ...object, title: 'T', 'x-note': 1 })),
  'types spelt out': (schema) => everywhere(schema, typesSpeltOut),
  'a tautology added': (schema) =>
    everywhere(schema, (object) => ({ ...object, minProperties: object.minProperties ?? 0 })),
};

/** `$ref: "#"` means the root: a schema that uses it is not wrapped. */
function onlyRoot(schema: JsonObject, wrap: (inner: Json) => JsonObject): Json {
  if (usesRoot(schema)) return schema;
  const { $defs, ...inner } = schema;
  return $defs === undefined ? wrap(inner) : { ...wrap(inner), $defs };
}

function behindReference(schema: JsonObject): Json {
  if (usesRoot(schema)) return schema;
  const { $defs, ...inner } = schema;
  return { $ref: '#/$defs/itself', $defs: { ...(isObject($defs) ? $defs : {}), itself: inner } };
}

function usesRoot(value: Json): boolean {
  if (isArray(value)) return value.some(usesRoot);
  if (!isObject(value)) return false;
  return value.$ref === '#' || Object.values(value).some(usesRoot);
}

const maps = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);
const values = new Set(['const', 'enum', 'required', 'dependentRequired', 'type']);

function everywhere(schema: Json, change: (object: JsonObject) => JsonObject): Json {
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([keyword, held]): [string, Json] => {
    if (values.has(keyword)) return [keyword, held];
    if (isArray(held)) return [keyword, held.map((each) => everywhere(each, change))];
    if (!maps.has(keyword) || !isObject(held)) return [keyword, everywhere(held, change)];
    return [keyword, Object.fromEntries(Object.entries(held).map(([name, each]) => [name, everywhere(each, change)]))];
  });
  return change(Object.fromEntries(entries));
}

function listsReversed(object: JsonObject): JsonObject {
  const unordered = ['allOf', 'anyOf', 'oneOf', 'enum', 'required', 'type'];
  const entries = Object.entries(object).map(([keyword, held]): [string, Json] => [
    keyword,
    unordered.includes(keyword) && isArray(held) ? [...held].reverse() : held,
  ]);
  return Object.fromEntries(entries);
}

function constantsAsLists(object: JsonObject): JsonObject {
  const { const: constant, ...rest } = object;
  if (constant === undefined || rest.enum !== undefined) return object;
  return { ...rest, enum: [constant] };
}

function typesSpeltOut(object: JsonObject): JsonObject {
  const { type, ...rest } = object;
  if (type === undefined || rest.anyOf !== undefined) return object;
  const list = isArray(type) ? type : [type];
  return { ...rest, anyOf: list.map((one) => ({ type: one })) };
}
