/** Versions and schemas as Confluent's interface shows them: exactly the members a client expects, in its order. */

import { descriptorOf } from '../protobuf/descriptor.ts';
import { textOfDescriptor } from '../protobuf/descriptor-text.ts';
import type { ProtoDocument } from '../protobuf/model.ts';
import { parseProtobuf } from '../protobuf/parse.ts';
import type { PlacedVersion } from '../registry/ports.ts';
import type { SchemaRecord } from '../registry/records.ts';
import { loadDefinition } from '../registry/versions/definition.ts';
import type { Definition } from '../schema/definition.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { ConfluentDeps } from './deps.ts';
import { decodeSubject } from './subject-name.ts';

/** A UUID of the content: the same wherever it is registered. */
export function guidOf({ fingerprint }: Pick<SchemaRecord, 'fingerprint'>): string {
  const parts = [
    fingerprint.slice(0, 8),
    fingerprint.slice(8, 12),
    fingerprint.slice(12, 16),
    fingerprint.slice(16, 20),
  ];
  return [...parts, fingerprint.slice(20, 32)].join('-');
}

/** The text as it was registered. */
export function textOf({ source, text }: Pick<SchemaRecord, 'source' | 'text'>): string {
  return source ?? text;
}

/** The schema in the words of that version. */
export function asGiven({ schema, given }: Pick<PlacedVersion, 'schema' | 'given'>): SchemaRecord {
  return given === undefined ? schema : { ...schema, source: given };
}

const types = { json: 'JSON', avro: 'AVRO', protobuf: 'PROTOBUF' } as const;

/** `schemaType` is left out where it is AVRO. */
export function contentMembers(schema: SchemaRecord, text: string): JsonObject {
  const { references, metadata, ruleSet } = schema.attached ?? {};
  return {
    ...(schema.format !== 'avro' && { schemaType: types[schema.format] }),
    ...(references && references.length > 0 && { references: references.map(shownReference) }),
    ...(metadata !== undefined && { metadata }),
    ...(ruleSet !== undefined && { ruleSet }),
    schema: text,
  };
}

function shownReference({
  name,
  subject,
  version,
}: {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}): JsonObject {
  return { name, subject: decodeSubject(subject), version };
}

export function versionEntity({ subject, number, schema, withdrawnAt }: PlacedVersion, text: string): JsonObject {
  return {
    subject: decodeSubject(subject),
    version: number,
    id: schema.id,
    guid: guidOf(schema),
    ...contentMembers(schema, text),
    ...(withdrawnAt !== undefined && { deleted: true }),
  };
}

/** `format=serialized`: a `.proto` as its descriptor; without it, a descriptor as `.proto` text. Everything else as registered. */
export async function formatted(
  deps: ConfluentDeps,
  catalog: string,
  schema: SchemaRecord,
  format: string | null,
): Promise<string> {
  const text = textOf(schema);
  if (schema.format !== 'protobuf') return text;
  const printed = textOfDescriptor(text);
  if (format !== 'serialized') return printed ?? text;
  if (printed !== undefined) return text;
  const definition = await loadDefinition(deps.store, catalog, schema, deps.limits.bundle);
  return descriptorOf(readFile(definition), 'default');
}

function readFile({ text, references }: Definition): ProtoDocument {
  const read = parseProtobuf(text, {
    references: new Map(references.map(({ name, definition }) => [name, readFile(definition)])),
  });
  if (!read.ok) throw new Error('what was registered can be read');
  return read.document;
}

export function list(values: readonly Json[]): { readonly json: Json } {
  return { json: values };
}
