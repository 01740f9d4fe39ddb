/**
 * Which keyword means something in which dialect, and where its subschemas are.
 * A keyword that its dialect does not know is inert: `const` in a draft-04 schema constrains nothing.
 */
import { type Dialect, dialects } from './document.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';

/** How subschemas are held by a keyword's value. `names`: an array of property names instead of a schema is allowed too. */
export type Holds = 'nothing' | 'schema' | 'list' | 'map' | 'schema or list' | 'map with names';

export interface KeywordRow {
  readonly from: Dialect;
  readonly to: Dialect;
  readonly holds: Holds;
  /** Which instances the subschemas meet: the same one, a part of it, or none (definitions). */
  readonly meets: 'same' | 'part' | 'none';
  /** core: identifies or refers. assertion and applicator: can make an instance invalid. annotation: cannot. */
  readonly role: 'core' | 'assertion' | 'applicator' | 'annotation';
  /** The JSON type whose instances it constrains; others pass it. */
  readonly on: 'any' | 'number' | 'string' | 'array' | 'object';
}

const first: Dialect = 'draft-04';
const last: Dialect = '2020-12';

function core(from: Dialect = first, to: Dialect = last): KeywordRow {
  return { from, to, holds: 'nothing', meets: 'none', role: 'core', on: 'any' };
}

function definitions(from: Dialect): KeywordRow {
  return { from, to: last, holds: 'map', meets: 'none', role: 'core', on: 'any' };
}

function note(from: Dialect = first): KeywordRow {
  return { from, to: last, holds: 'nothing', meets: 'none', role: 'annotation', on: 'any' };
}

function assertion(on: KeywordRow['on'], from: Dialect = first): KeywordRow {
  return { from, to: last, holds: 'nothing', meets: 'none', role: 'assertion', on };
}

function inPlace(holds: Holds, from: Dialect = first, on: KeywordRow['on'] = 'any', to: Dialect = last): KeywordRow {
  return { from, to, holds, meets: 'same', role: 'applicator', on };
}

function onParts(on: 'array' | 'object', holds: Holds, from: Dialect = first, to: Dialect = last): KeywordRow {
  return { from, to, holds, meets: 'part', role: 'applicator', on };
}

/** A row says what a keyword is and since when; the walker, the reference index, the compiler and the lint read it. */
export const keywords = {
  $schema: core(),
  id: core('draft-04', 'draft-04'),
  $id: core('draft-06'),
  $ref: core(),
  $anchor: core('2019-09'),
  $recursiveRef: core('2019-09', '2019-09'),
  $recursiveAnchor: core('2019-09', '2019-09'),
  $dynamicRef: core('2020-12'),
  $dynamicAnchor: core('2020-12'),
  $vocabulary: core('2019-09'),
  $comment: note('draft-07'),
  definitions: definitions('draft-04'),
  $defs: definitions('2019-09'),
  type: assertion('any'),
  enum: assertion('any'),
  const: assertion('any', 'draft-06'),
  minimum: assertion('number'),
  maximum: assertion('number'),
  exclusiveMinimum: assertion('number'),
  exclusiveMaximum: assertion('number'),
  multipleOf: assertion('number'),
  minLength: assertion('string'),
  maxLength: assertion('string'),
  pattern: assertion('string'),
  format: assertion('any'),
  minItems: assertion('array'),
  maxItems: assertion('array'),
  uniqueItems: assertion('array'),
  minContains: assertion('array', '2019-09'),
  maxContains: assertion('array', '2019-09'),
  minProperties: assertion('object'),
  maxProperties: assertion('object'),
  required: assertion('object'),
  dependentRequired: assertion('object', '2019-09'),
  allOf: inPlace('list'),
  anyOf: inPlace('list'),
  oneOf: inPlace('list'),
  not: inPlace('schema'),
  if: inPlace('schema', 'draft-07'),
  then: inPlace('schema', 'draft-07'),
  else: inPlace('schema', 'draft-07'),
  dependencies: inPlace('map with names', 'draft-04', 'object', 'draft-07'),
  dependentSchemas: inPlace('map', '2019-09', 'object'),
  prefixItems: onParts('array', 'list', '2020-12'),
  items: onParts('array', 'schema or list'),
  additionalItems: onParts('array', 'schema', 'draft-04', '2019-09'),
  unevaluatedItems: onParts('array', 'schema', '2019-09'),
  contains: onParts('array', 'schema', 'draft-06'),
  properties: onParts('object', 'map'),
  patternProperties: onParts('object', 'map'),
  additionalProperties: onParts('object', 'schema'),
  unevaluatedProperties: onParts('object', 'schema', '2019-09'),
  propertyNames: onParts('object', 'schema', 'draft-06'),
  contentEncoding: note('draft-07'),
  contentMediaType: note('draft-07'),
  contentSchema: note('2019-09'),
  title: note(),
  description: note(),
  default: note(),
  examples: note('draft-06'),
  readOnly: note('draft-07'),
  writeOnly: note('draft-07'),
  deprecated: note('2019-09'),
} as const satisfies Readonly<Record<string, KeywordRow>>;

export type Keyword = keyof typeof keywords;

/** Whether some dialect knows `name`. */
export function isKeyword(name: string): name is Keyword {
  return Object.hasOwn(keywords, name);
}

function within(row: KeywordRow, dialect: Dialect): boolean {
  const at = dialects.indexOf(dialect);
  return dialects.indexOf(row.from) <= at && at <= dialects.indexOf(row.to);
}

const known: Readonly<Record<Dialect, ReadonlyMap<string, KeywordRow>>> = {
  'draft-04': keywordsOf('draft-04'),
  'draft-06': keywordsOf('draft-06'),
  'draft-07': keywordsOf('draft-07'),
  '2019-09': keywordsOf('2019-09'),
  '2020-12': keywordsOf('2020-12'),
};

function keywordsOf(dialect: Dialect): ReadonlyMap<string, KeywordRow> {
  const rows: readonly (readonly [string, KeywordRow])[] = Object.entries(keywords);
  return new Map(rows.filter(([, row]) => within(row, dialect)));
}

/** What `keyword` is in `dialect`, or undefined where the dialect does not know it. */
export function keywordRow(keyword: string, dialect: Dialect): KeywordRow | undefined {
  return known[dialect].get(keyword);
}

/** The keyword that existed in some dialect but is inert in this one, such as `prefixItems` in draft-07. */
export function isForeign(keyword: string, dialect: Dialect): boolean {
  return Object.hasOwn(keywords, keyword) && !known[dialect].has(keyword);
}

/** Up to draft-07 a `$ref` replaces the schema it stands in: everything beside it is inert. */
export function refReplaces(dialect: Dialect): boolean {
  return dialect === 'draft-04' || dialect === 'draft-06' || dialect === 'draft-07';
}

/**
 * The value of `keyword` in `schema` as its dialect reads it: undefined where the dialect does not know the keyword, or where
 * a `$ref` beside it makes it inert. The one way to read a constraint.
 */
export function active(schema: JsonObject, keyword: Keyword, dialect: Dialect): Json | undefined {
  const value = member(schema, keyword);
  if (value === undefined) return undefined;
  const row = known[dialect].get(keyword);
  if (row === undefined) return undefined;
  if (keyword !== '$ref' && !isDefinitions(row) && isReplaced(schema, dialect)) return undefined;
  return value;
}

/** Definitions stay reachable by pointer even beside a `$ref` that replaces its schema. */
function isDefinitions(row: KeywordRow): boolean {
  return row.holds !== 'nothing' && row.meets === 'none';
}

/** Whether `schema` is replaced by its `$ref`, so that its other keywords say nothing. */
export function isReplaced(schema: JsonObject, dialect: Dialect): boolean {
  return refReplaces(dialect) && typeof member(schema, '$ref') === 'string';
}

const dialectUris: ReadonlyMap<string, Dialect> = new Map([
  ['http://json-schema.org/draft-04/schema', 'draft-04'],
  ['http://json-schema.org/draft-06/schema', 'draft-06'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
]);

/** The dialect a `$schema` URI names, with either scheme and with or without an empty fragment; undefined for any other. */
export function dialectOf(uri: string): Dialect | undefined {
  const bare = uri.endsWith('#') ? uri.slice(0, -1) : uri;
  const direct = dialectUris.get(bare);
  if (direct !== undefined) return direct;
  const swapped = bare.startsWith('https:') ? `http:${bare.slice(6)}` : `https:${bare.slice(5)}`;
  return dialectUris.get(swapped);
}

/** The canonical `$schema` URI of a dialect. */
export function dialectUri(dialect: Dialect): string {
  for (const [uri, named] of dialectUris) if (named === dialect) return dialect.startsWith('draft') ? `${uri}#` : uri;
  return '';
}

/** The dialect that `schema` itself declares, or undefined where it declares none that is known. */
export function declaredDialect(schema: Json): Dialect | undefined {
  const uri = isObject(schema) ? member(schema, '$schema') : undefined;
  return typeof uri === 'string' ? dialectOf(uri) : undefined;
}
