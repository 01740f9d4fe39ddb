/**
 * A schema as a validator library may see it: only what its dialect knows and what can constrain a value. Vendor keywords such
 * as `nullable`, `discriminator` or `$async`, which Ajv gives a meaning of its own, do not get through.
 */
import { isReplaced, keywordRow } from './dialect.ts';
import type { Dialect } from './document.ts';
import { isArray, isObject, type Json } from './json.ts';
import { isSchema } from './walk.ts';

/** Own keywords that stand in for what Ajv gets wrong; the prefix keeps them apart from authors' words. */
export const ownPrefix = 'herald:';

// `false` here is understood by Ajv itself
const closers = new Set(['additionalProperties', 'additionalItems', 'unevaluatedProperties', 'unevaluatedItems']);
const nothing = new Set(['$schema', '$vocabulary', '$comment']);

export function plainSchema(root: Json, dialect: Dialect): Json {
  const schemaAt = (schema: Json, keyword: string): Json => {
    if (schema === false && !closers.has(keyword)) return { [`${ownPrefix}never`]: true };
    if (!isObject(schema)) return schema;
    const replaced = isReplaced(schema, dialect);
    return Object.fromEntries(Object.entries(schema).flatMap(([name, value]) => keep(name, value, replaced)));
  };

  const keep = (name: string, value: Json, replaced: boolean): readonly (readonly [string, Json])[] => {
    const row = keywordRow(name, dialect);
    if (row === undefined) return [];
    if (row.holds !== 'nothing') return [[name, heldAt(value, name)]];
    if (row.role === 'annotation' || nothing.has(name)) return [];
    // beside a `$ref` that replaces its schema an `$id` is inert too, but Ajv would change the base URI
    if (replaced && name !== '$ref') return [];
    return [assertion(name, value)];
  };

  const heldAt = (value: Json, keyword: string): Json => {
    if (isSchemaKeyword(keyword, dialect, value)) return schemaAt(value, keyword);
    if (isArray(value)) return value.map((schema) => schemaAt(schema, ''));
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, schema]) => [name, isSchema(schema) ? schemaAt(schema, '') : schema]),
    );
  };

  return schemaAt(root, '');
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
