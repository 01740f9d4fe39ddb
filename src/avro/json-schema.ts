/**
 * The events of an Avro schema as JSON Schema: what policy rules, pages, types and data maps read. Values stand as `avsc` and Kafka
 * clients in JavaScript hold them, unions unwrapped; bytes as text. Properties of one's own (`x-classification`) come along.
 */
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { resolve } from '../schema/pointer.ts';
import type { AvroDocument, AvroType, Field, Logical } from './type.ts';

export function avroJsonSchema(document: AvroDocument): JsonObject {
  const definitions: Record<string, Json> = {};
  const projecting: Projecting = {
    root: document.root,
    definitions,
    seen: new Set(),
    definition: definitionNames(document),
  };
  const root = schemaOf(document.type, projecting);
  const stated = isObject(document.root) ? member(document.root, 'x-contract') : undefined;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...titleOf(document.type),
    ...(stated !== undefined && { 'x-contract': stated }),
    ...root,
    ...(Object.keys(definitions).length > 0 && { $defs: definitions }),
  };
}

interface Projecting {
  readonly root: Json;
  readonly definitions: Record<string, Json>;
  readonly seen: Set<string>;
  /** The name in `$defs`, without characters that would have to be escaped. */
  readonly definition: (name: string) => string;
}

function definitionNames({ names }: AvroDocument): (name: string) => string {
  const short = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const counts = new Map<string, number>();
  for (const name of names.keys()) counts.set(short(name), (counts.get(short(name)) ?? 0) + 1);
  return (name) => (counts.get(short(name)) === 1 ? short(name) : name.replaceAll('.', '_'));
}

function titleOf(type: AvroType): JsonObject {
  return 'name' in type ? { title: type.name } : {};
}

function schemaOf(type: AvroType, projecting: Projecting): JsonObject {
  switch (type.kind) {
    case 'union':
      return unionOf(type.branches, projecting);
    case 'array':
      return { type: 'array', items: schemaOf(type.items, projecting) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(type.values, projecting) };
    case 'record':
    case 'enum':
    case 'fixed':
      return named(type, projecting);
    default:
      return scalarOf(type.kind, type.logical);
  }
}

function unionOf(branches: readonly AvroType[], projecting: Projecting): JsonObject {
  const made = branches.map((branch) => schemaOf(branch, projecting));
  if (made.length === 1) return made[0]!;
  const plain = made.every((schema) => Object.keys(schema).length === 1 && typeof schema.type === 'string');
  return plain ? { type: [...new Set(made.map(({ type }) => type!))] } : { anyOf: made };
}

function named(type: Extract<AvroType, { readonly name: string }>, projecting: Projecting): JsonObject {
  const name = projecting.definition(type.name);
  if (!projecting.seen.has(type.name)) {
    projecting.seen.add(type.name);
    // set before its parts are looked at: they may refer back
    projecting.definitions[name] = true;
    projecting.definitions[name] = definitionOf(type, projecting);
  }
  return { $ref: `#/$defs/${name}` };
}

function definitionOf(type: Extract<AvroType, { readonly name: string }>, projecting: Projecting): JsonObject {
  const notes = type.origin === '' ? notesAt(projecting.root, type.pointer) : {};
  if (type.kind === 'enum') return { ...notes, type: 'string', enum: type.symbols };
  if (type.kind === 'fixed')
    return { ...notes, type: 'string', contentEncoding: 'binary', minLength: type.size, maxLength: type.size };
  const properties = Object.fromEntries(
    type.fields.map((field) => [
      field.name,
      { ...schemaOf(field.type, projecting), ...fieldNotes(field, type.origin === '' ? projecting.root : null) },
    ]),
  );
  return {
    ...notes,
    type: 'object',
    properties,
    required: type.fields.map(({ name }) => name),
    additionalProperties: false,
  };
}

function fieldNotes(field: Field, root: Json): JsonObject {
  return {
    ...notesAt(root, field.pointer),
    ...(field.default !== undefined && field.default !== null && { default: field.default }),
  };
}

/** `doc`, tags and whatever begins with `x-`, as they stand in the schema. */
function notesAt(root: Json, pointer: string): JsonObject {
  const at = resolve(root, pointer);
  if (!isObject(at)) return {};
  const doc = member(at, 'doc');
  const tags = member(at, 'confluent:tags');
  const own = Object.entries(at).filter(([name]) => name.startsWith('x-') && name !== 'x-contract');
  return {
    ...(typeof doc === 'string' && { description: doc }),
    ...(isArray(tags) && { 'x-tags': tags }),
    ...Object.fromEntries(own),
  };
}

const scalars: Readonly<Record<string, JsonObject>> = {
  null: { type: 'null' },
  boolean: { type: 'boolean' },
  int: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  long: { type: 'integer' },
  float: { type: 'number' },
  double: { type: 'number' },
  bytes: { type: 'string', contentEncoding: 'binary' },
  string: { type: 'string' },
};

function scalarOf(kind: string, logical: Logical | undefined): JsonObject {
  const plain = scalars[kind] ?? {};
  if (logical === undefined) return plain;
  return { ...plain, ...(logical.name === 'uuid' && { format: 'uuid' }), 'x-logical-type': logical.name };
}
