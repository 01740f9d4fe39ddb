/** What the rest of a catalog says: gathered from its documents, for the rules about consistency. */
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';
import { inPlace, ownFields } from './reach.ts';
import type { Neighbours } from './rule.ts';

export interface NeighbourEntry {
  readonly subject: string;
  readonly document: SchemaDocument;
}

/** The facts that `entries`, the catalog's other subjects, state. `stages`: by `catalog/subject`, where they are known. */
export function neighboursOf(
  entries: readonly NeighbourEntry[],
  stages: ReadonlyMap<string, string> = new Map(),
): Neighbours {
  const fields = new Map<string, Map<string, string>>();
  for (const { subject, document } of entries)
    for (const { name, type } of fieldTypes(document)) {
      const types = fields.get(name) ?? new Map<string, string>();
      if (!types.has(type)) types.set(type, subject);
      fields.set(name, types);
    }
  return { fields, stages };
}

/** The fields of `document` whose JSON type is told: `string`, `integer|null`. */
export function fieldTypes(
  document: SchemaDocument,
): readonly { readonly name: string; readonly pointer: Pointer; readonly type: string }[] {
  return ownFields(document).flatMap((field) => {
    const types = new Set(inPlace(field, document).flatMap(typesOf));
    if (types.size === 0) return [];
    return [{ name: field.name, pointer: field.place.pointer, type: [...types].sort().join('|') }];
  });
}

function typesOf(schema: Json): string[] {
  if (!isObject(schema)) return [];
  const type = member(schema, 'type');
  if (typeof type === 'string') return [type];
  if (isArray(type)) return type.filter((name) => typeof name === 'string');
  const listed = member(schema, 'enum');
  if (isArray(listed)) return listed.map(typeOf);
  return Object.hasOwn(schema, 'const') ? [typeOf(member(schema, 'const') ?? null)] : [];
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}
