/** The named types that an Avro schema defines, and the names it uses, read off its JSON before anything is resolved. */
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { primitives } from './type.ts';

export interface AvroNames {
  /** Full names. */
  readonly defined: ReadonlySet<string>;
  /** As they may be meant: with the namespace they stand in first, then as written. */
  readonly used: readonly (readonly string[])[];
}

export function avroNames(root: Json): AvroNames {
  const found = { defined: new Set<string>(), used: [] as (readonly string[])[] };
  collect(found, root, '');
  return found;
}

interface Found {
  readonly defined: Set<string>;
  readonly used: (readonly string[])[];
}

const builtIn: ReadonlySet<string> = new Set([...primitives, 'record', 'error', 'enum', 'fixed', 'array', 'map']);

function collect(found: Found, schema: Json | undefined, namespace: string): void {
  if (typeof schema === 'string') {
    if (!builtIn.has(schema)) found.used.push(schema.includes('.') ? [schema] : [qualified(schema, namespace), schema]);
  } else if (isArray(schema)) for (const branch of schema) collect(found, branch, namespace);
  else if (isObject(schema)) collectObject(found, schema, namespace);
}

function collectObject(found: Found, schema: JsonObject, namespace: string): void {
  const inner = define(found, schema, namespace);
  const fields = member(schema, 'fields');
  if (isArray(fields)) for (const field of fields) if (isObject(field)) collect(found, member(field, 'type'), inner);
  for (const part of ['type', 'items', 'values']) collect(found, member(schema, part), inner);
}

/** The namespace of what stands within. */
function define(found: Found, schema: JsonObject, namespace: string): string {
  const name = member(schema, 'name');
  if (typeof name !== 'string') return namespace;
  const stated = member(schema, 'namespace');
  const full = qualified(name, typeof stated === 'string' ? stated : namespace);
  found.defined.add(full);
  return full.includes('.') ? full.slice(0, full.lastIndexOf('.')) : '';
}

/** A name as written, within the namespace it stands in (Avro 1.12, Names). */
export function qualified(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}
