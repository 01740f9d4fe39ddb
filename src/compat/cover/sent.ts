/**
 * What writers of a schema send in the closed world, as a schema of its own: objects that declare names take no others, tuples no
 * further items. A schema can say that where at most one subschema describes each place of an event; elsewhere the names that are
 * declared depend on the event (engine law: W).
 */
import { keywordRow } from '../../schema/dialect.ts';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { reachOf } from '../../schema/locations.ts';
import { subschemas, walk } from '../../schema/walk.ts';

/** Undefined where no schema is known to say it. */
export function asSent(document: SchemaDocument): SchemaDocument | undefined {
  const { root, dialect, bundle } = document;
  const { beyond, referred } = reachOf(document);
  if (bundle.size + beyond.length + referred.length > 0) return undefined;
  for (const { schema, pointer } of walk(root, dialect))
    if (isObject(schema) && !isPlain(schema, dialect, pointer === '')) return undefined;
  return { ...document, root: closed(root, dialect) };
}

/** They look at the value as a whole and declare nothing. */
const ofTheWhole = new Set([
  ...['type', 'enum', 'const', 'format', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
]);

/** They look at parts of it that do not overlap. */
const ofParts = new Set([
  ...['items', 'prefixItems', 'additionalItems'],
  ...['required', 'properties', 'patternProperties', 'additionalProperties'],
]);

/** Such as `anyOf` a string or null: where nothing below declares a name, nothing depends on which of them applies. */
const alternatives = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']);

function isPlain(schema: JsonObject, dialect: Dialect, isRoot: boolean): boolean {
  if (Object.hasOwn(schema, 'x-compat') || (dialect === '2020-12' && isArray(schema.items))) return false;
  const said = Object.keys(schema).filter((keyword) => saysSomething(keyword, dialect, isRoot));
  if (said.includes('$ref')) return said.length === 1;
  if (!said.every((keyword) => ofTheWhole.has(keyword) || ofParts.has(keyword) || alternatives.has(keyword)))
    return false;
  if (said.some((keyword) => alternatives.has(keyword)) && !areOfTheWhole(schema, dialect)) return false;
  const patterns = namesIn(schema, 'patternProperties').length;
  return patterns === 0 || (patterns === 1 && namesIn(schema, 'properties').length === 0);
}

/** Whether the alternatives of `schema`, and theirs, declare nothing. */
function areOfTheWhole(schema: JsonObject, dialect: Dialect): boolean {
  return subschemas(schema, dialect)
    .filter(({ keyword }) => alternatives.has(keyword))
    .every(({ schema: one }) => {
      if (!isObject(one)) return true;
      const said = Object.keys(one).filter((keyword) => saysSomething(keyword, dialect, false));
      const isSimple = said.every((keyword) => ofTheWhole.has(keyword) || alternatives.has(keyword));
      return isSimple && areOfTheWhole(one, dialect);
    });
}

function saysSomething(keyword: string, dialect: Dialect, isRoot: boolean): boolean {
  const row = keywordRow(keyword, dialect);
  if (row === undefined || row.role === 'annotation') return false;
  return row.role !== 'core' || !(row.holds === 'map' || keyword === '$schema' || (isRoot && keyword === '$id'));
}

function namesIn(schema: JsonObject, keyword: string): readonly string[] {
  const map = schema[keyword];
  return isObject(map) ? Object.keys(map) : [];
}

const maps = ['properties', 'patternProperties', '$defs', 'definitions'];
const schemas = ['additionalProperties', 'items', 'additionalItems', 'prefixItems'];

function closed(schema: Json, dialect: Dialect): Json {
  if (!isObject(schema)) return schema;
  const inside = Object.entries(schema).map(([keyword, value]): readonly [string, Json] => {
    if (schemas.includes(keyword))
      return [keyword, isArray(value) ? value.map((one) => closed(one, dialect)) : closed(value, dialect)];
    if (!maps.includes(keyword) || !isObject(value)) return [keyword, value];
    return [keyword, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one, dialect)]))];
  });
  const walked: JsonObject = Object.fromEntries(inside);
  return { ...walked, ...closedNames(walked), ...closedTuple(walked, dialect) };
}

/** What `required` names is declared too. */
function closedNames(schema: JsonObject): JsonObject {
  const required = isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [];
  const named = namesIn(schema, 'properties');
  const isFree = required.length + named.length + namesIn(schema, 'patternProperties').length === 0;
  if (isFree || schema.additionalProperties !== undefined) return {};
  const declared = required.filter((name) => !named.includes(name)).map((name) => [name, {}]);
  const properties = isObject(schema.properties) ? schema.properties : {};
  return { properties: { ...properties, ...Object.fromEntries(declared) }, additionalProperties: false };
}

function closedTuple(schema: JsonObject, dialect: Dialect): JsonObject {
  const [tuple, tail] = dialect === '2020-12' ? ['prefixItems', 'items'] : ['items', 'additionalItems'];
  return isArray(schema[tuple]) && schema[tail] === undefined ? { [tail]: false } : {};
}
