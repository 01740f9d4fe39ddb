/**
 * How sensitive each part of an event is, as its schema states it: `x-classification` (a level of the catalog) and `x-tags`
 * (`confluent:tags` is read as the same). What is stated on a schema holds for everything below it.
 */
import type { SchemaDocument } from './document.ts';
import { isArray, isObject, type Json, type JsonObject, member } from './json.ts';
import { locations } from './locations.ts';
import type { Pointer } from './pointer.ts';

export interface Sensitivity {
  /** Of the schema that states it. */
  readonly pointer: Pointer;
  readonly classification?: string;
  readonly tags: readonly string[];
}

export function statedSensitivity(schema: Json): Omit<Sensitivity, 'pointer'> | undefined {
  if (!isObject(schema)) return undefined;
  const classification = member(schema, 'x-classification');
  const tags = [...tagList(schema, 'x-tags'), ...tagList(schema, 'confluent:tags')];
  if (typeof classification !== 'string' && tags.length === 0) return undefined;
  return { ...(typeof classification === 'string' && { classification }), tags: [...new Set(tags)].sort() };
}

function tagList(schema: JsonObject, keyword: string): string[] {
  const stated = member(schema, keyword);
  return isArray(stated) ? stated.filter((tag) => typeof tag === 'string') : [];
}

/** Every statement in `document`, in document order. */
export function sensitivities(document: SchemaDocument): readonly Sensitivity[] {
  const found: Sensitivity[] = [];
  for (const { pointer, schema } of locations(document)) {
    const stated = statedSensitivity(schema);
    if (stated) found.push({ pointer, ...stated });
  }
  return found;
}

/** The highest of `stated` in the order of `levels`; unknown names rank below all. Undefined where nothing is stated. */
export function highest(levels: readonly string[], stated: readonly (string | undefined)[]): string | undefined {
  const known = stated.filter((level) => level !== undefined);
  return known.reduce<string | undefined>(
    (top, level) => (top === undefined || levels.indexOf(level) > levels.indexOf(top) ? level : top),
    undefined,
  );
}
