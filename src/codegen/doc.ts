/** What the doc comment of a type or a field says, read from a schema's annotations. */
import { active } from '../schema/dialect.ts';
import type { Dialect } from '../schema/document.ts';
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import type { Doc } from './type.ts';

/** Up to draft-07 a reference replaces what stands beside it; people write descriptions there all the same, and mean them. */
export function docOf(schema: Json, dialect: Dialect): Doc {
  if (!isObject(schema)) return {};
  const text = (keyword: 'title' | 'description' | 'format', value: Json | undefined) =>
    typeof value === 'string' && value.trim() !== '' ? { [keyword]: value } : {};
  const fallback = member(schema, 'default');
  // `deprecated` came with 2019-09, but it is written in every dialect and only ever read by people
  const deprecated = member(schema, 'deprecated');
  return {
    ...text('title', member(schema, 'title')),
    ...text('description', member(schema, 'description')),
    ...text('format', active(schema, 'format', dialect)),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(deprecated === true ? { deprecated: true as const } : {}),
    ...classificationOf(schema),
  };
}

/** `x-classification` and `x-tags` (`confluent:tags`) of a schema. */
export function classificationOf(schema: Json): Pick<Doc, 'classification' | 'tags'> {
  if (!isObject(schema)) return {};
  const level = member(schema, 'x-classification');
  const stated = member(schema, 'x-tags') ?? member(schema, 'confluent:tags');
  const tags = isArray(stated) ? stated.filter((tag): tag is string => typeof tag === 'string') : [];
  return {
    ...(typeof level === 'string' ? { classification: level } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  };
}
