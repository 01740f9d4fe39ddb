/**
 * A schema without its combinators: the plain schemas it stands for, one for each way through its branches. Approximate on purpose
 * (`oneOf` is read as `anyOf`, `not` as nothing): what is made of them is validated afterwards.
 */
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../schema/json.ts';
import { resolve } from '../schema/pointer.ts';

/** Ways through the branches of one schema. */
const maxWays = 12;
/** References followed from one schema in place. */
const maxReferences = 16;

export function plainSchemas(schema: Json, document: SchemaDocument, followed = 0): readonly JsonObject[] {
  if (!isObject(schema)) return schema === false ? [] : [{}];
  const { $ref, allOf, anyOf, oneOf, if: condition, then: consequence, else: otherwise, ...own } = schema;
  let ways: readonly JsonObject[] = [own];
  const through = (branches: readonly JsonObject[]) => {
    ways = ways.flatMap((way) => branches.map((branch) => merged(way, branch))).slice(0, maxWays);
  };
  if (typeof $ref === 'string' && followed < maxReferences) {
    const target = referenced($ref, document);
    through(target ? plainSchemas(target.schema, target.document, followed + 1) : [{}]);
  }
  const each = (branches: Json | undefined) =>
    isArray(branches) ? branches.map((branch) => plainSchemas(branch, document, followed + 1)) : [];
  for (const branch of each(allOf)) through(branch);
  for (const alternatives of [anyOf, oneOf]) {
    const branches = each(alternatives).flat();
    if (branches.length > 0) through(branches);
  }
  if (condition !== undefined)
    through([
      ...plainSchemas({ allOf: [condition, consequence ?? true] }, document, followed + 1),
      ...plainSchemas(otherwise ?? true, document, followed + 1),
    ]);
  return ways;
}

/** Inside the document, or in one of its bundle. Anchors are left to the solver. */
function referenced(
  reference: string,
  document: SchemaDocument,
): { readonly schema: Json; readonly document: SchemaDocument } | undefined {
  const [uri = '', fragment = ''] = reference.split('#');
  const holder = uri === '' ? document : document.bundle.get(uri);
  if (!holder || (fragment !== '' && !fragment.startsWith('/'))) return undefined;
  const schema = resolve(holder.root, decoded(fragment));
  return schema === undefined ? undefined : { schema, document: holder };
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** A row says how two values of a keyword become one; for all others the second stands. */
const together: Readonly<Record<string, (first: Json, second: Json) => Json>> = {
  properties: (first, second) => (isObject(first) && isObject(second) ? mergedProperties(first, second) : second),
  required: (first, second) => [...new Set([...listed(first), ...listed(second)])],
  enum: (first, second) => shared(first, second),
  type: (first, second) => shared(first, second),
  minimum: largest,
  minLength: largest,
  minItems: largest,
  maximum: smallest,
  maxLength: smallest,
  maxItems: smallest,
};

function merged(first: JsonObject, second: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...first };
  for (const [keyword, value] of Object.entries(second)) {
    const before = Object.hasOwn(result, keyword) ? result[keyword] : undefined;
    const rule = Object.hasOwn(together, keyword) ? together[keyword] : undefined;
    result[keyword] = before === undefined || !rule ? value : rule(before, value);
  }
  return result;
}

function mergedProperties(first: JsonObject, second: JsonObject): JsonObject {
  const result = new Map(Object.entries(first));
  for (const [name, schema] of Object.entries(second)) {
    const before = result.get(name);
    result.set(name, before === undefined ? schema : { allOf: [before, schema] });
  }
  return Object.fromEntries(result);
}

function listed(value: Json): readonly Json[] {
  return isArray(value) ? value : [value];
}

function shared(first: Json, second: Json): Json {
  const both = listed(first).filter((value) => listed(second).includes(value));
  return both.length === 0 ? second : both;
}

function largest(first: Json, second: Json): Json {
  return Math.max(Number(first), Number(second));
}

function smallest(first: Json, second: Json): Json {
  return Math.min(Number(first), Number(second));
}
