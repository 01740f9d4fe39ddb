/** What a schema says about arrays: prefixItems or a list in items, items, additionalItems, and the counts that make a tuple. */
import { active } from '../schema/dialect.ts';
import { isArray, type Json, type JsonObject } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import type { Type } from './type.ts';
import { unknownType } from './type.ts';

type TypeOf = (path: readonly string[], schema: Json) => Type;

export const arrayKeywords = [
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'contains',
  'minItems',
  'maxItems',
  'uniqueItems',
] as const;

export function arrayType(place: SchemaLocation, schema: JsonObject, typeOf: TypeOf): Type {
  const { dialect } = place.resource;
  const prefixItems = active(schema, 'prefixItems', dialect);
  const items = active(schema, 'items', dialect);
  // up to 2019-09 a list in `items` is the tuple and `additionalItems` its rest
  if (isArray(items) && dialect !== '2020-12') {
    const additional = active(schema, 'additionalItems', dialect);
    return tuple(
      place,
      schema,
      items.map((of, at) => typeOf(['items', String(at)], of)),
      restOf(['additionalItems'], additional, typeOf),
    );
  }
  const rest = restOf(['items'], isArray(items) ? undefined : items, typeOf);
  if (isArray(prefixItems) && prefixItems.length > 0)
    return tuple(
      place,
      schema,
      prefixItems.map((of, at) => typeOf(['prefixItems', String(at)], of)),
      rest,
    );
  return { kind: 'array', items: rest };
}

function restOf(path: readonly string[], schema: Json | undefined, typeOf: TypeOf): Type {
  return schema === undefined ? unknownType : typeOf(path, schema);
}

/** A short array satisfies a tuple schema unless `minItems` forbids it, so elements past it are optional. */
function tuple(place: SchemaLocation, schema: JsonObject, elements: readonly Type[], rest: Type): Type {
  const bound = (keyword: 'minItems' | 'maxItems', fallback: number) => {
    const value = active(schema, keyword, place.resource.dialect);
    return typeof value === 'number' ? value : fallback;
  };
  const maxItems = bound('maxItems', Number.POSITIVE_INFINITY);
  const impossible = elements.findIndex((type) => type.kind === 'never');
  const length = Math.min(elements.length, maxItems, impossible < 0 ? elements.length : impossible);
  const isClosed = maxItems <= length || length < elements.length || rest.kind === 'never';
  return {
    kind: 'tuple',
    prefix: elements.slice(0, length),
    required: Math.min(Math.max(0, bound('minItems', 0)), length),
    rest: isClosed ? undefined : rest,
  };
}
