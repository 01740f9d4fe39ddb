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
  return counted(place, schema, rest);
}

/** Elements that are written out: `[T, T]` where the counts are equal, `[T, ...T[]]` where there is always one. */
const maxWritten = 8;

function counted(place: SchemaLocation, schema: JsonObject, items: Type): Type {
  const { min, max } = bounds(place, schema);
  const list: Type = { kind: 'array', items };
  if (items.kind === 'never' || max === 0) return { kind: 'tuple', prefix: [], required: 0, rest: undefined };
  if (min < 1 || min > maxWritten || min > max) return list;
  const prefix = Array.from({ length: min }, () => items);
  return { kind: 'tuple', prefix, required: min, rest: max === min ? undefined : items };
}

function bounds({ resource }: SchemaLocation, schema: JsonObject): { readonly min: number; readonly max: number } {
  const bound = (keyword: 'minItems' | 'maxItems', fallback: number) => {
    const value = active(schema, keyword, resource.dialect);
    return typeof value === 'number' ? value : fallback;
  };
  return { min: Math.max(0, bound('minItems', 0)), max: bound('maxItems', Number.POSITIVE_INFINITY) };
}

function restOf(path: readonly string[], schema: Json | undefined, typeOf: TypeOf): Type {
  return schema === undefined ? unknownType : typeOf(path, schema);
}

/** A short array satisfies a tuple schema unless `minItems` forbids it, so elements past it are optional. */
function tuple(place: SchemaLocation, schema: JsonObject, elements: readonly Type[], rest: Type): Type {
  const { min, max } = bounds(place, schema);
  const impossible = elements.findIndex((type) => type.kind === 'never');
  const length = Math.min(elements.length, max, impossible < 0 ? elements.length : impossible);
  const isClosed = max <= length || length < elements.length || rest.kind === 'never';
  return {
    kind: 'tuple',
    prefix: elements.slice(0, length),
    required: Math.min(min, length),
    rest: isClosed ? undefined : rest,
  };
}
