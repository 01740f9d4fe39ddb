/**
 * The events of a `.proto` file as JSON Schema, in their ProtoJSON form: what policy rules, pages, types and data maps read. The event
 * is the first message of the file; others it holds are definitions.
 */
import { contractKeyword } from '../schema/contract.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { ProtoDocument, ProtoEnum, ProtoField, ProtoMessage, ProtoType, Scalar } from './model.ts';
import { notesOf } from './notes.ts';

export function protoJsonSchema(document: ProtoDocument): JsonObject {
  const definitions: Record<string, Json> = {};
  const [first] = document.messages.values();
  const projecting: Projecting = {
    definitions,
    whole: first,
    prefix: document.package === '' ? '' : `${document.package}.`,
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(first ? { ...rootOf(first), ...messageOf(first, projecting) } : enumOf([...document.enums.values()][0]!)),
    ...(Object.keys(definitions).length > 0 && { $defs: definitions }),
  };
}

function rootOf({ name, comment }: ProtoMessage): JsonObject {
  const contract = notesOf(comment).keywords[contractKeyword];
  return { title: name, ...(contract !== undefined && { [contractKeyword]: contract }) };
}

/** What a comment says, the contract aside: that is the event's, and stands at the root. */
function statedIn(comment: string | undefined): JsonObject {
  const { description, keywords } = notesOf(comment);
  const { [contractKeyword]: _, ...own } = keywords;
  return { ...(description !== undefined && { description }), ...own };
}

interface Projecting {
  readonly definitions: Record<string, Json>;
  /** The event itself: it stands at the root, whoever refers to it. */
  readonly whole: ProtoMessage | undefined;
  readonly prefix: string;
}

/** A row is a well-known type and the form ProtoJSON gives it. */
const wellKnown: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?\\d+(\\.\\d+)?s$' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array' },
  'google.protobuf.Any': { type: 'object', properties: { '@type': { type: 'string' } }, additionalProperties: true },
  'google.protobuf.StringValue': { type: ['string', 'null'] },
  'google.protobuf.BytesValue': { type: ['string', 'null'] },
  'google.protobuf.BoolValue': { type: ['boolean', 'null'] },
  'google.protobuf.Int32Value': { type: ['integer', 'null'] },
  'google.protobuf.UInt32Value': { type: ['integer', 'null'] },
  'google.protobuf.Int64Value': { type: ['string', 'integer', 'null'] },
  'google.protobuf.UInt64Value': { type: ['string', 'integer', 'null'] },
  'google.protobuf.FloatValue': { type: ['number', 'null'] },
  'google.protobuf.DoubleValue': { type: ['number', 'null'] },
};

function messageRef(message: ProtoMessage, projecting: Projecting): JsonObject {
  const known = Object.hasOwn(wellKnown, message.name) ? wellKnown[message.name] : undefined;
  if (known) return known;
  if (message === projecting.whole) return { $ref: '#' };
  const name = definitionName(message.name, projecting);
  if (!Object.hasOwn(projecting.definitions, name)) {
    // set before its fields are looked at: they may refer back
    projecting.definitions[name] = true;
    projecting.definitions[name] = messageOf(message, projecting);
  }
  return { $ref: `#/$defs/${name}` };
}

function definitionName(full: string, { prefix }: Projecting): string {
  return (full.startsWith(prefix) ? full.slice(prefix.length) : full).replaceAll('.', '_');
}

function messageOf(message: ProtoMessage, projecting: Projecting): JsonObject {
  const required = message.fields.filter(({ label }) => label === 'required').map(({ jsonName }) => jsonName);
  return {
    ...statedIn(message.comment),
    type: 'object',
    properties: Object.fromEntries(message.fields.map((field) => [field.jsonName, fieldOf(field, projecting)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function fieldOf(field: ProtoField, projecting: Projecting): JsonObject {
  return {
    ...valueOfField(field, projecting),
    ...(field.tags.length > 0 && { 'x-tags': field.tags }),
    ...statedIn(field.comment),
    ...(field.deprecated && { deprecated: true }),
  };
}

function valueOfField(field: ProtoField, projecting: Projecting): JsonObject {
  const single = typeOf(field.type, projecting);
  if (field.label === 'repeated') return { type: 'array', items: single };
  return field.label === 'map' ? { type: 'object', additionalProperties: single } : single;
}

function typeOf(type: ProtoType, projecting: Projecting): JsonObject {
  if (type.kind === 'message') return messageRef(type.of, projecting);
  return type.kind === 'enum' ? enumOf(type.of) : scalarOf(type.name);
}

/** Names, and numbers of values that this version does not know yet. */
function enumOf({ values, closed }: ProtoEnum): JsonObject {
  const names = { enum: values.map(({ name }) => name) };
  return closed ? names : { anyOf: [names, { type: 'integer' }] };
}

function scalarOf(name: Scalar): JsonObject {
  switch (name) {
    case 'string':
      return { type: 'string' };
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64' };
    case 'bool':
      return { type: 'boolean' };
    case 'float':
    case 'double':
      return { type: ['number', 'string'] };
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
      return { type: ['string', 'integer'] };
    default:
      return { type: 'integer' };
  }
}
