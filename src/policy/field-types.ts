/** The JSON types of a document's fields, as they are compared across a catalog. */
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';
import { inPlace, ownFields } from '../schema/reach.ts';

export interface TypedField {
  readonly name: string;
  readonly pointer: Pointer;
  readonly type: string;
}

const known = new WeakMap<SchemaDocument, readonly TypedField[]>();

/** The fields of `document` that state a JSON type: `string`, `integer|null`. Found once: the index of a catalog and rules ask for them. */
export function fieldTypes(document: SchemaDocument): readonly TypedField[] {
  const fields = known.get(document) ?? typedFields(document);
  known.set(document, fields);
  return fields;
}

function typedFields(document: SchemaDocument): readonly TypedField[] {
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
