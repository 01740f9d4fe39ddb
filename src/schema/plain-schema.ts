/**
 * A schema as a validator library may see it: only what its dialect knows and what can constrain a value. Vendor keywords such
 * as `nullable`, `discriminator` or `$async`, which Ajv gives a meaning of its own, do not get through.
 */
import { isReplaced, keywordRow } from './dialect.ts';
import type { Dialect } from './document.ts';
import { isArray, isObject, type Json, type JsonObject, member } from './json.ts';
import { append, escapeSegment, type Pointer } from './pointer.ts';
import { isSchema } from './walk.ts';

export interface PlainSchema {
  readonly schema: Json;
  /** Where each schema object of `schema` stood in the document. */
  readonly places: ReadonlyMap<object, Pointer>;
}

/** Own keywords that stand in for what Ajv gets wrong; the prefix is taken off again in rejections. */
export const ownPrefix = 'herald:';

// `false` here is understood by Ajv itself and gives a better rejection than a false schema
const closers = new Set(['additionalProperties', 'additionalItems', 'unevaluatedProperties', 'unevaluatedItems']);
const nothing = new Set(['$schema', '$vocabulary', '$comment']);

export function plainSchema(root: Json, dialect: Dialect): PlainSchema {
  const places = new Map<object, Pointer>();
  const reached = fragments(root);

  const schemaAt = (schema: Json, at: Pointer, keyword: string): Json => {
    if (schema === false && !closers.has(keyword)) return placed({ [`${ownPrefix}never`]: true }, at);
    if (!isObject(schema)) return schema;
    const replaced = isReplaced(schema, dialect);
    const kept = Object.entries(schema).flatMap(([name, value]) => keep(name, value, append(at, name), replaced));
    return placed(Object.fromEntries(kept), at);
  };

  const placed = (schema: JsonObject, at: Pointer): Json => {
    places.set(schema, at);
    return schema;
  };

  const keep = (name: string, value: Json, at: Pointer, replaced: boolean): readonly (readonly [string, Json])[] => {
    const row = keywordRow(name, dialect);
    // `{"$ref": "#/x-parts/id"}`: a place no keyword holds is still a place
    if (row === undefined) return reached.includes(`/${escapeSegment(name)}`) ? [[name, value]] : [];
    if (row.holds !== 'nothing') return [[name, heldAt(value, at, name)]];
    if (row.role === 'annotation' || nothing.has(name)) return [];
    // beside a `$ref` that replaces its schema an `$id` is inert too, but Ajv would change the base URI
    if (replaced && name !== '$ref') return [];
    return [assertion(name, value)];
  };

  const heldAt = (value: Json, at: Pointer, keyword: string): Json => {
    if (isSchemaKeyword(keyword, dialect, value)) return schemaAt(value, at, keyword);
    if (isArray(value)) return value.map((schema, index) => schemaAt(schema, append(at, index), ''));
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, schema]) => [name, isSchema(schema) ? schemaAt(schema, append(at, name), '') : schema]),
    );
  };

  return { schema: schemaAt(root, '', ''), places };
}

function isSchemaKeyword(keyword: string, dialect: Dialect, value: Json): boolean {
  const holds = keywordRow(keyword, dialect)?.holds;
  return holds === 'schema' || (holds === 'schema or list' && !isArray(value));
}

/**
 * Ajv compares objects with `fast-deep-equal`, which calls a member named `valueOf`; and it takes no empty `enum`. Its inline
 * comparison of plain values is right and fast.
 */
function assertion(name: string, value: Json): readonly [string, Json] {
  if (name !== 'const' && name !== 'enum') return [name, value];
  const members = name === 'enum' && isArray(value) ? value : [value];
  const inline = members.length > 0 && members.every((each) => typeof each !== 'object' || each === null);
  return inline ? [name, value] : [`${ownPrefix}${name}`, value];
}

/** The fragments of all references, as one text to search for names in. */
function fragments(root: Json): string {
  const found: string[] = [];
  const stack: Json[] = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isArray(at)) stack.push(...at);
    else if (isObject(at)) {
      const reference = member(at, '$ref');
      if (typeof reference === 'string') found.push(decoded(reference.slice(reference.indexOf('#') + 1)));
      stack.push(...Object.values(at));
    }
  }
  return found.join('\n');
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
