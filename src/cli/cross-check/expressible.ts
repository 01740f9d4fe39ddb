/**
 * Whether json-schema-diff says anything true about a schema. It ignores most keywords in silence, inverts some `oneOf` changes,
 * and reads files and the network through `$ref`: it is asked only about documents made of what it handles.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { walk } from '../../schema/walk.ts';

/** Measured sound: these keywords alone, in their draft-06 and later forms. */
const sound: ReadonlySet<string> = new Set([
  'type',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'properties',
  'additionalProperties',
  'items',
  'allOf',
  'anyOf',
  'not',
]);

/** Say nothing about values, so they may stand anywhere. */
const silent: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** The first thing that json-schema-diff would get wrong, in words; undefined where it may be asked. */
export function obstacle(document: SchemaDocument): string | undefined {
  if (document.dialect === 'draft-04') return 'draft-04';
  for (const { schema, pointer } of walk(document.root, document.dialect)) {
    if (!isObject(schema)) continue;
    const keyword = Object.keys(schema).find((name) => !sound.has(name) && !silent.has(name) && !name.startsWith('x-'));
    if (keyword !== undefined) return `"${keyword}" at #${pointer}`;
    if (isArray(schema.items)) return `a tuple at #${pointer}`;
  }
  return undefined;
}

/** The document without what json-schema-diff stumbles over: `$schema` and `$id` of dialects it does not know. */
export function plain(root: Json): Json {
  if (!isObject(root)) return root;
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(root)) if (!silent.has(name) && !name.startsWith('x-')) kept[name] = value;
  return kept satisfies JsonObject;
}
