/**
 * What becomes of a field whose type changed ("Updating A Message Type", "Wire-unsafe and wire-compatible changes" of the language
 * guide). `lossy`: the guide calls it compatible on a condition that data may fail, as a number that does not fit.
 */
import type { ProtoField, ProtoType, Scalar } from './model.ts';

export type Relation = 'same' | 'lossy' | 'unreadable';

/** A row is a scalar and the set that shares its form on the wire and its meaning there. */
const family: Readonly<Record<Scalar, string>> = {
  int32: 'varint',
  uint32: 'varint',
  int64: 'varint',
  uint64: 'varint',
  bool: 'varint',
  sint32: 'zigzag',
  sint64: 'zigzag',
  fixed32: 'fixed32',
  sfixed32: 'fixed32',
  fixed64: 'fixed64',
  sfixed64: 'fixed64',
  float: 'float',
  double: 'double',
  string: 'text',
  bytes: 'text',
};

/** A row is a writer's type and the readers' types that hold all its values. */
const held: Readonly<Record<string, readonly string[]>> = {
  bool: ['int32', 'uint32', 'int64', 'uint64'],
  int32: ['int64'],
  uint32: ['int64', 'uint64'],
  enum: ['int32', 'int64'],
  sint32: ['sint64'],
  string: ['bytes'],
  message: ['bytes'],
};

export function typeRelation(writer: ProtoType, reader: ProtoType): Relation {
  if (writer.kind === 'message' && reader.kind === 'message') return 'same';
  const from = writer.kind === 'scalar' ? writer.name : writer.kind;
  const into = reader.kind === 'scalar' ? reader.name : reader.kind;
  if (from === into) return 'same';
  if (familyOf(writer) === familyOf(reader))
    return held[from]?.includes(into) || isOpenEnum(from, reader) ? 'same' : 'lossy';
  if (isBytesAndMessage(from, into)) return from === 'message' ? 'same' : 'lossy';
  return 'unreadable';
}

function familyOf(type: ProtoType): string {
  return type.kind === 'scalar' ? family[type.name] : type.kind === 'enum' ? 'varint' : 'message';
}

function isOpenEnum(writer: string, reader: ProtoType): boolean {
  return writer === 'int32' && reader.kind === 'enum' && !reader.of.closed;
}

function isBytesAndMessage(from: string, into: string): boolean {
  return (from === 'bytes' && into === 'message') || (from === 'message' && into === 'bytes');
}

/** Text, bytes and messages carry their length: singular ones are read as a list of one, and of a list the last is taken. */
export function carriesLength({ type, delimited }: ProtoField): boolean {
  return (
    (type.kind === 'message' && !delimited) ||
    (type.kind === 'scalar' && (type.name === 'string' || type.name === 'bytes'))
  );
}

/** What a change of how often a field stands does, types being equal. */
export function labelRelation(writer: ProtoField, reader: ProtoField): Relation {
  const isRepeated = (field: ProtoField) => field.label === 'repeated' || field.label === 'map';
  if ((writer.label === 'map') !== (reader.label === 'map')) return 'unreadable';
  if (isRepeated(writer) === isRepeated(reader)) return 'same';
  if (carriesLength(writer)) return isRepeated(writer) ? 'lossy' : 'same';
  if (!isRepeated(writer)) return 'same';
  return writer.packed ? 'unreadable' : 'lossy';
}

export type JsonKind = 'integer' | 'number' | 'bool' | 'string' | 'bytes' | 'enum' | 'message' | 'map' | 'list';

/** ProtoJSON: what a field's value looks like there. Integers of any width are read from numbers and from text. */
export function jsonKind(field: ProtoField): JsonKind {
  if (field.label === 'map') return 'map';
  if (field.label === 'repeated') return 'list';
  return jsonKindOfType(field.type);
}

export function jsonKindOfType(type: ProtoType): JsonKind {
  if (type.kind !== 'scalar') return type.kind;
  switch (type.name) {
    case 'bool':
    case 'string':
    case 'bytes':
      return type.name;
    case 'float':
    case 'double':
      return 'number';
    default:
      return 'integer';
  }
}

/** Whether a reader of ProtoJSON takes what a writer of the other kind makes. */
export function jsonReads(writer: JsonKind, reader: JsonKind): boolean {
  return writer === reader || (writer === 'integer' && (reader === 'number' || reader === 'enum'));
}
