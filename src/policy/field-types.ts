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

interface NamedField extends Omit<TypedField, 'type'> {
  /** Undefined where it states none. */
  readonly type: string | undefined;
}

const known = new WeakMap<SchemaDocument, readonly NamedField[]>();

/** The fields of `document`, each place once. Found once: the index of a catalog and rules ask for them. */
export function namedFields(document: SchemaDocument): readonly NamedField[] {
  const fields = known.get(document) ?? ownFields(document).map((field) => namedField(field, document));
  known.set(document, fields);
  return fields;
}

/** Those that state a JSON type: `string`, `integer|null`. */
export function fieldTypes(document: SchemaDocument): readonly TypedField[] {
  return namedFields(document).flatMap(({ type, ...field }) => (type === undefined ? [] : [{ ...field, type }]));
}

function namedField(field: ReturnType<typeof ownFields>[number], document: SchemaDocument): NamedField {
  const types = new Set(inPlace(field, document).flatMap(typesOf));
  const type = types.size === 0 ? undefined : [...types].sort().join('|');
  return { name: field.name, pointer: field.place.pointer, type };
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
