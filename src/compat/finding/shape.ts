/**
 * The shape of a schema: a number, equal for schemas that constrain alike when references are followed, annotations and
 * order left aside. Cheap and one-sided: equal shapes accept the same values, unequal ones may too.
 */
import { canonicalize } from '../../schema/canonical.ts';
import { active, keywordRow } from '../../schema/dialect.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { References, SchemaLocation } from '../../schema/reference.ts';
import { subschemas } from '../../schema/walk.ts';
import { nth } from '../nth.ts';

export interface Shapes {
  of(refs: References, place: SchemaLocation): number;
}

const unordered = new Set(['required', 'enum', 'type', 'allOf', 'anyOf', 'oneOf']);

export function shapes(): Shapes {
  const interned = new Map<string, number>();
  const known = new Map<References, Map<string, number>>();
  const intern = (text: string): number => {
    const id = interned.get(text) ?? interned.size;
    interned.set(text, id);
    return id;
  };

  function of(refs: References, place: SchemaLocation): number {
    const { schema } = place;
    if (!isObject(schema)) return intern(String(schema));
    // the same JSON value may occur in two documents: what it refers to differs
    const here = known.get(refs) ?? new Map<string, number>();
    known.set(refs, here);
    const begin = (at: SchemaLocation): Visit => {
      here.set(keyOf(at), intern(`cycle through ${at.pointer}`));
      return { at, below: below(refs, at), next: 0 };
    };
    const stack: Visit[] = here.has(keyOf(place)) ? [] : [begin(place)];
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const inner = visit.below[visit.next++];
      if (inner === undefined) {
        stack.pop();
        if (isObject(visit.at.schema)) here.set(keyOf(visit.at), intern(text(refs, visit.at, visit.at.schema)));
      } else if (isObject(inner.schema) && !here.has(keyOf(inner))) stack.push(begin(inner));
    }
    return here.get(keyOf(place)) ?? 0;
  }

  function text(refs: References, place: SchemaLocation, schema: JsonObject): string {
    const { dialect } = place.resource;
    const parts: string[] = [];
    const held = new Map<string, string[]>();
    for (const { path, keyword, row, schema: child } of subschemas(schema, dialect)) {
      if (row.meets === 'none') continue;
      const names = held.get(keyword) ?? [];
      held.set(keyword, names);
      const label = unordered.has(keyword) ? '' : (path[1] ?? '');
      names.push(`${JSON.stringify(label)}=${of(refs, refs.descend(place, path, child))}`);
    }
    for (const keyword of Object.keys(schema)) {
      const role = keywordRow(keyword, dialect)?.role;
      const value = active(schema, keyword as 'type', dialect);
      if (value === undefined) continue;
      if (keyword === '$ref' && typeof value === 'string') {
        const target = refs.resolve(place, value);
        parts.push(target === undefined ? `? ${value}` : `$ref=${of(refs, target)}`);
      } else if (held.has(keyword)) parts.push(`${keyword}{${held.get(keyword)!.sort().join()}}`);
      else if (role === 'assertion' || keyword.endsWith('Ref')) parts.push(`${keyword}:${constant(keyword, value)}`);
    }
    // a bare reference has its target's shape
    const only = parts.length === 1 ? /^(?:\$ref=|allOf\{""=)(\d+)\}?$/.exec(nth(parts, 0)) : null;
    if (only) return texts[Number(only[1])] ?? nth(parts, 0);
    return remember(parts.sort().join(';'));
  }

  const texts: Record<number, string> = {};
  function remember(shape: string): string {
    texts[intern(shape)] = shape;
    return shape;
  }

  return { of };
}

interface Visit {
  readonly at: SchemaLocation;
  /** The schemas its shape is made of. */
  readonly below: readonly SchemaLocation[];
  next: number;
}

function keyOf({ resource, pointer }: SchemaLocation): string {
  return `${resource.uri} ${pointer}`;
}

function below(refs: References, place: SchemaLocation): readonly SchemaLocation[] {
  const { schema } = place;
  const { dialect } = place.resource;
  if (!isObject(schema)) return [];
  const found = subschemas(schema, dialect)
    .filter(({ row }) => row.meets !== 'none')
    .map(({ path, schema: child }) => refs.descend(place, path, child));
  const reference = active(schema, '$ref', dialect);
  const target = typeof reference === 'string' ? refs.resolve(place, reference) : undefined;
  return target === undefined ? found : [...found, target];
}

function constant(keyword: string, value: Json): string {
  if (unordered.has(keyword) && isArray(value)) return value.map(canonicalize).sort().join();
  return canonicalize(value);
}
