/**
 * The events of an Avro schema as JSON Schema: what policy rules, pages, types and data maps read. Values stand as `avsc` and Kafka
 * clients in JavaScript hold them, unions unwrapped; bytes as text. Properties of one's own (`x-classification`) come along.
 */
import { contractKeyword } from '../schema/contract.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { type Pointer, resolve, segments } from '../schema/pointer.ts';
import { type AvroDocument, type AvroType, type Field, isNamed, type Logical, type NamedType } from './type.ts';

export function avroJsonSchema(document: AvroDocument): JsonObject {
  const definitions: Record<string, Json> = {};
  const projecting: Projecting = {
    rootOf: definingRoots(document),
    whole: document.type,
    definitions,
    seen: new Set(),
    definition: definitionNames(document),
  };
  const { type } = document;
  const stated = isObject(document.root) ? member(document.root, contractKeyword) : undefined;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(isNamed(type) && { title: type.name }),
    ...(stated !== undefined && { [contractKeyword]: stated }),
    ...(isNamed(type) ? definitionOf(type, projecting) : schemaOf(type, projecting)),
    ...(Object.keys(definitions).length > 0 && { $defs: definitions }),
  };
}

interface Projecting {
  /** The schema that a named type is written in: this one, or one it refers to. */
  readonly rootOf: (type: NamedType) => Json;
  /** The event itself: it stands at the root, whoever refers to it. */
  readonly whole: AvroType;
  readonly definitions: Record<string, Json>;
  readonly seen: Set<string>;
  /** The name in `$defs`, without characters that would have to be escaped. */
  readonly definition: (name: string) => string;
}

function definingRoots(document: AvroDocument): (type: NamedType) => Json {
  const roots = new Map<NamedType, Json>();
  const seen = new Set<AvroDocument>();
  const visit = (each: AvroDocument, origin: string) => {
    if (seen.has(each)) return;
    seen.add(each);
    for (const type of each.names.values()) if (type.origin === origin) roots.set(type, each.root);
    for (const [name, reference] of each.references) visit(reference, name);
  };
  visit(document, '');
  return (type) => roots.get(type) ?? null;
}

function definitionNames({ names }: AvroDocument): (name: string) => string {
  const short = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const counts = new Map<string, number>();
  for (const name of names.keys()) counts.set(short(name), (counts.get(short(name)) ?? 0) + 1);
  return (name) => (counts.get(short(name)) === 1 ? short(name) : name.replaceAll('.', '_'));
}

/** Where in the Avro schema what stands at `pointer` of its JSON Schema is said; undefined where it is said nowhere. */
export function avroPointer(document: AvroDocument, pointer: Pointer): Pointer | undefined {
  if (resolve(document.root, pointer) !== undefined) return pointer;
  const parts = segments(pointer);
  const nameOf = definitionNames(document);
  const named = () => [...document.names.values()].find((each) => each.origin === '' && nameOf(each.name) === parts[1]);
  const [type, keyword, property] =
    parts[0] === '$defs' ? [named(), parts[2], parts[3]] : [document.type, parts[0], parts[1]];
  if (keyword !== undefined && keyword !== 'properties') return type?.pointer;
  const field = type?.kind === 'record' ? type.fields.find((each) => each.name === property) : undefined;
  return field?.pointer ?? type?.pointer;
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
  if (type === projecting.whole) return { $ref: '#' };
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
  const root = projecting.rootOf(type);
  const notes = notesAt(root, type.pointer);
  if (type.kind === 'enum') return { ...notes, type: 'string', enum: type.symbols };
  if (type.kind === 'fixed')
    return { ...notes, type: 'string', contentEncoding: 'binary', minLength: type.size, maxLength: type.size };
  const properties = Object.fromEntries(
    type.fields.map((field) => [field.name, { ...schemaOf(field.type, projecting), ...fieldNotes(field, root) }]),
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
  const own = Object.entries(at).filter(([name]) => name.startsWith('x-') && name !== contractKeyword);
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
