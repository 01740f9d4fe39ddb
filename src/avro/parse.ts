/**
 * Text → an Avro schema the rest may trust (Avro 1.12, "Schema Declaration"). `avsc` keeps neither pointers nor what a name was
 * written as, and compiles what it reads into code: this reads first, and refuses every name that is not an Avro name.
 */
import type { SchemaProblem } from '../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { type Limits, libraryLimits } from '../schema/limits.ts';
import { readValue, type Source } from '../schema/parse.ts';
import { append, type Pointer } from '../schema/pointer.ts';
import { defaultProblem } from './default.ts';
import { readLogical } from './logical.ts';
import { qualified } from './names.ts';
import { normalForm } from './normal-form.ts';
import {
  type AvroDocument,
  type AvroType,
  branchName,
  type EnumType,
  type Field,
  type FixedType,
  type NamedType,
  type PrimitiveKind,
  primitives,
  type RecordType,
} from './type.ts';

export type ParsedAvro =
  | { readonly ok: true; readonly document: AvroDocument }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

export interface AvroOptions {
  readonly references?: ReadonlyMap<string, AvroDocument>;
  readonly limits?: Limits;
  /** The name it is referred to by, where another document uses it. */
  readonly origin?: string;
}

interface Reading {
  readonly origin: string;
  readonly names: Map<string, NamedType>;
  readonly problems: SchemaProblem[];
  /** Checked at the end: a default may be of a type that is not read yet. */
  readonly defaults: { readonly field: Field; readonly value: Json }[];
}

export function parseAvro(
  source: Source,
  { references = new Map(), limits = libraryLimits, origin = '' }: AvroOptions = {},
): ParsedAvro {
  const read = readValue(source, limits);
  if ('problems' in read) return { ok: false, problems: read.problems };
  const reading: Reading = { origin, names: new Map(), problems: [], defaults: [] };
  takeReferences(reading, references);
  const type = readType(reading, read.value, '', '');
  for (const { field, value } of reading.defaults) {
    const problem = defaultProblem(field.type, value);
    if (problem !== undefined) refuse(reading, append(field.pointer, 'default'), problem);
  }
  if (type === undefined || reading.problems.length > 0) return { ok: false, problems: reading.problems };
  return { ok: true, document: { root: read.value, type, names: reading.names, references } };
}

function takeReferences(reading: Reading, references: ReadonlyMap<string, AvroDocument>): void {
  for (const [origin, document] of references)
    for (const [name, type] of document.names) {
      const known = reading.names.get(name);
      if (known === undefined) reading.names.set(name, type);
      else if (normalForm(known) !== normalForm(type))
        refuse(
          reading,
          '',
          `the name "${name}" is defined by two references, "${known.origin}" and "${origin}", each its own way: drop one`,
        );
    }
}

function refuse(reading: Reading, pointer: Pointer, message: string, rule = 'SCHEMA_INVALID'): undefined {
  reading.problems.push({ rule, pointer, message });
  return undefined;
}

function readType(reading: Reading, schema: Json, pointer: Pointer, namespace: string): AvroType | undefined {
  if (typeof schema === 'string') return readName(reading, schema, pointer, namespace);
  if (isArray(schema)) return readUnion(reading, schema, pointer, namespace);
  if (!isObject(schema))
    return refuse(reading, pointer, 'is no Avro schema: that is a name, an array (a union) or an object with a "type"');
  const kind = member(schema, 'type');
  if (kind === undefined) return refuse(reading, pointer, 'has no "type"');
  if (typeof kind !== 'string') return readType(reading, kind, append(pointer, 'type'), namespace);
  if (isPrimitive(kind)) {
    const logical = readLogical(schema, kind);
    return { kind, pointer, origin: reading.origin, ...(logical && { logical }) };
  }
  if (kind === 'record' || kind === 'error') return readRecord(reading, schema, pointer, namespace);
  if (kind === 'enum') return readEnum(reading, schema, pointer, namespace);
  if (kind === 'fixed') return readFixed(reading, schema, pointer, namespace);
  if (kind === 'array' || kind === 'map') return readCollection(reading, schema, kind, pointer, namespace);
  return readName(reading, kind, append(pointer, 'type'), namespace);
}

function isPrimitive(name: string): name is PrimitiveKind {
  return (primitives as readonly string[]).includes(name);
}

function readName(reading: Reading, name: string, pointer: Pointer, namespace: string): AvroType | undefined {
  if (isPrimitive(name)) return { kind: name, pointer, origin: reading.origin };
  const type =
    reading.names.get(qualified(name, namespace)) ?? (name.includes('.') ? undefined : reading.names.get(name));
  if (type !== undefined) return type;
  return refuse(
    reading,
    pointer,
    `names the type "${name}", which is not defined before this place: define it there, or give the subject that defines it as a reference`,
    'SCHEMA_REFERENCE_UNRESOLVED',
  );
}

function readUnion(
  reading: Reading,
  schemas: readonly Json[],
  pointer: Pointer,
  namespace: string,
): AvroType | undefined {
  const branches: AvroType[] = [];
  const seen = new Set<string>();
  for (const [index, schema] of schemas.entries()) {
    const at = append(pointer, index);
    const branch = readType(reading, schema, at, namespace);
    if (branch === undefined) continue;
    const name = branchName(branch);
    if (branch.kind === 'union') refuse(reading, at, 'is a union inside a union: list its branches in the outer one');
    else if (seen.has(name)) refuse(reading, at, `is a second branch of type "${name}": a union holds each type once`);
    seen.add(name);
    branches.push(branch);
  }
  if (schemas.length === 0) return refuse(reading, pointer, 'is a union without branches');
  return { kind: 'union', branches, pointer, origin: reading.origin };
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const fullNamePattern = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

interface NameRead {
  readonly name: string;
  readonly namespace: string;
  readonly aliases: readonly string[];
}

/** A name with dots is full and its `namespace` is ignored; one without takes the stated namespace, else the enclosing one. */
function readFullName(reading: Reading, schema: JsonObject, pointer: Pointer, enclosing: string): NameRead | undefined {
  const stated = member(schema, 'name');
  if (typeof stated !== 'string') return refuse(reading, pointer, 'has no "name"');
  const space = member(schema, 'namespace');
  if (space !== undefined && typeof space !== 'string')
    return refuse(reading, append(pointer, 'namespace'), 'is no string');
  const name = qualified(stated, space ?? enclosing);
  if (!fullNamePattern.test(name))
    return refuse(
      reading,
      append(pointer, 'name'),
      `"${name.slice(0, 100)}" is no Avro name: letters, digits and _, not beginning with a digit`,
    );
  if (isPrimitive(name)) return refuse(reading, append(pointer, 'name'), `"${name}" is the name of a primitive type`);
  const known = reading.names.get(name);
  if (known !== undefined)
    return refuse(
      reading,
      append(pointer, 'name'),
      known.origin === reading.origin
        ? `the name "${name}" is defined a second time; the first is at #${known.pointer}`
        : `the name "${name}" is defined by the reference "${known.origin}" too: rename one, or drop the definition here`,
    );
  const namespace = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
  return {
    name,
    namespace,
    aliases: readAliases(reading, schema, pointer, fullNamePattern).map((alias) => qualified(alias, namespace)),
  };
}

function readAliases(reading: Reading, schema: JsonObject, pointer: Pointer, pattern: RegExp): readonly string[] {
  const stated = member(schema, 'aliases');
  if (stated === undefined) return [];
  if (isArray(stated) && stated.every((alias) => typeof alias === 'string' && pattern.test(alias)))
    return stated.map(String);
  refuse(reading, append(pointer, 'aliases'), 'is no list of Avro names');
  return [];
}

function readRecord(reading: Reading, schema: JsonObject, pointer: Pointer, enclosing: string): AvroType | undefined {
  const named = readFullName(reading, schema, pointer, enclosing);
  const listed = member(schema, 'fields');
  if (!isArray(listed)) return refuse(reading, pointer, 'is a record without a list of "fields"');
  if (named === undefined) return undefined;
  // the fields come later: until then the record may already be named inside itself
  const fields: Field[] = [];
  const record: RecordType = {
    kind: 'record',
    name: named.name,
    aliases: named.aliases,
    fields,
    pointer,
    origin: reading.origin,
  };
  reading.names.set(named.name, record);
  const seen = new Set<string>();
  for (const [index, stated] of listed.entries()) {
    const field = readField(reading, stated, append(pointer, 'fields', index), named.namespace);
    if (field === undefined) continue;
    if (seen.has(field.name))
      refuse(reading, append(field.pointer, 'name'), `the field "${field.name}" stands twice in "${named.name}"`);
    seen.add(field.name);
    fields.push(field);
  }
  return record;
}

function readField(reading: Reading, schema: Json, pointer: Pointer, namespace: string): Field | undefined {
  if (!isObject(schema)) return refuse(reading, pointer, 'is no field: that is an object with "name" and "type"');
  const name = member(schema, 'name');
  if (typeof name !== 'string' || !namePattern.test(name))
    return refuse(
      reading,
      append(pointer, 'name'),
      'is no Avro name: letters, digits and _, not beginning with a digit',
    );
  const stated = member(schema, 'type');
  if (stated === undefined) return refuse(reading, pointer, `the field "${name}" has no "type"`);
  const type = readType(reading, stated, append(pointer, 'type'), namespace);
  if (type === undefined) return undefined;
  const value = member(schema, 'default');
  const aliases = readAliases(reading, schema, pointer, namePattern);
  const field: Field = { name, aliases, type, pointer, ...(value !== undefined && { default: value }) };
  if (value !== undefined) reading.defaults.push({ field, value });
  return field;
}

function readEnum(reading: Reading, schema: JsonObject, pointer: Pointer, enclosing: string): AvroType | undefined {
  const named = readFullName(reading, schema, pointer, enclosing);
  const listed = member(schema, 'symbols');
  if (!isArray(listed) || listed.length === 0)
    return refuse(reading, append(pointer, 'symbols'), 'is no list of at least one symbol');
  const symbols: string[] = [];
  for (const [index, symbol] of listed.entries())
    if (typeof symbol !== 'string' || !namePattern.test(symbol))
      refuse(
        reading,
        append(pointer, 'symbols', index),
        'is no symbol: letters, digits and _, not beginning with a digit',
      );
    else if (symbols.length === new Set([...symbols, symbol]).size)
      refuse(reading, append(pointer, 'symbols', index), `the symbol "${symbol}" stands twice`);
    else symbols.push(symbol);
  const fallback = member(schema, 'default');
  if (fallback !== undefined && !(typeof fallback === 'string' && symbols.includes(fallback)))
    return refuse(reading, append(pointer, 'default'), 'is none of the symbols');
  if (named === undefined) return undefined;
  const { name, aliases } = named;
  const type: EnumType = {
    kind: 'enum',
    name,
    aliases,
    symbols,
    pointer,
    origin: reading.origin,
    ...(fallback !== undefined && { default: fallback }),
  };
  reading.names.set(name, type);
  return type;
}

function readFixed(reading: Reading, schema: JsonObject, pointer: Pointer, enclosing: string): AvroType | undefined {
  const named = readFullName(reading, schema, pointer, enclosing);
  const size = member(schema, 'size');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    return refuse(reading, append(pointer, 'size'), 'is no number of bytes');
  if (named === undefined) return undefined;
  const { name, aliases } = named;
  const logical = readLogical(schema, 'fixed', size);
  const type: FixedType = {
    kind: 'fixed',
    name,
    aliases,
    size,
    pointer,
    origin: reading.origin,
    ...(logical && { logical }),
  };
  reading.names.set(name, type);
  return type;
}

function readCollection(
  reading: Reading,
  schema: JsonObject,
  kind: 'array' | 'map',
  pointer: Pointer,
  namespace: string,
): AvroType | undefined {
  const keyword = kind === 'array' ? 'items' : 'values';
  const stated = member(schema, keyword);
  if (stated === undefined) return refuse(reading, pointer, `has no "${keyword}"`);
  const type = readType(reading, stated, append(pointer, keyword), namespace);
  if (type === undefined) return undefined;
  return kind === 'array'
    ? { kind, items: type, pointer, origin: reading.origin }
    : { kind, values: type, pointer, origin: reading.origin };
}
