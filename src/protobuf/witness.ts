/**
 * Bytes that show an edit: written with the writer's file, read with the reader's, and not what was written. `protobufjs` does both, so
 * that nothing here is taken on trust.
 */
import type protobuf from 'protobufjs';
import type { Witness } from '../compat/report.ts';
import { asJson, isArray, isObject, type Json, type JsonObject } from '../schema/json.ts';
import { append } from '../schema/pointer.ts';
import type { ProtoEdit, Shown } from './diff.ts';
import type { ProtoDocument, ProtoField, ProtoMessage, ProtoType } from './model.ts';

export interface Sides {
  readonly writer: ProtoDocument;
  readonly reader: ProtoDocument;
  readonly writerSide: 'previous' | 'next';
}

/** Undefined where what is read is what was written after all, or cannot be made. */
export function witnessOf(edit: ProtoEdit, sides: Sides): Witness | undefined {
  const { shown, way } = edit;
  if (shown === undefined) return undefined;
  const readerSide = sides.writerSide === 'previous' ? 'next' : 'previous';
  const message = sides.writer.messages.get(way.message[sides.writerSide]);
  if (message === undefined) return undefined;
  const path = way.fields.map((each) => each[sides.writerSide]);
  const wrote = along(message, path, shown);
  if (wrote === undefined) return undefined;
  const written = encoded(sides.writer, message, wrote);
  if (written === undefined) return undefined;
  const other = sides.reader.messages.get(way.message[readerSide]);
  const read = decoded(sides.reader, other, written.bytes);
  const ways = { writer: path, reader: way.fields.map((each) => each[readerSide]) };
  if (!isMisread(edit, written.value, read, ways, numbersAt(edit, sides))) return undefined;
  return {
    value: written.value,
    encoded: Buffer.from(written.bytes).toString('hex'),
    confirmedBy: ['protobufjs'],
    rejection: {
      instancePointer: append('', ...path.map(({ name }) => name)),
      schemaPointer: sides.writerSide === 'previous' ? edit.next : edit.previous,
      keyword: edit.rule,
      params: { read: read ?? null },
    },
  };
}

interface FieldAt {
  readonly writer: ProtoField | undefined;
  readonly reader: ProtoField | undefined;
}

/** The shown numbers as each side knows them. */
function numbersAt({ way, shown }: ProtoEdit, { writer, reader, writerSide }: Sides): readonly FieldAt[] {
  const readerSide = writerSide === 'previous' ? 'next' : 'previous';
  const end = (document: ProtoDocument, side: 'previous' | 'next') => {
    const last = way.fields.at(-1)?.[side];
    if (last === undefined) return document.messages.get(way.message[side]);
    return last.type.kind === 'message' ? last.type.of : undefined;
  };
  const field = (message: ProtoMessage | undefined, number: number) =>
    message?.fields.find((each) => each.number === number);
  return (shown?.numbers ?? []).map((number) => ({
    writer: field(end(writer, writerSide), number),
    reader: field(end(reader, readerSide), number),
  }));
}

/** What is written at the end of the way is compared with what is read there, number by number. */
function isMisread(
  edit: ProtoEdit,
  wrote: Json,
  read: Json | undefined,
  ways: { readonly writer: readonly ProtoField[]; readonly reader: readonly ProtoField[] },
  numbers: readonly FieldAt[],
): boolean {
  if (read === undefined) return true;
  if (edit.shown?.numbers.length === 0) return false;
  const from = inside(wrote, ways.writer);
  const into = inside(read, ways.reader);
  return numbers.some(({ writer, reader }) => {
    const before = valueIn(from, writer);
    const after = valueIn(into, reader);
    return JSON.stringify(before) !== JSON.stringify(after);
  });
}

function valueIn(message: Json | undefined, field: ProtoField | undefined): Json | undefined {
  return field && isObject(message) ? message[field.name] : undefined;
}

function inside(value: Json | undefined, path: readonly ProtoField[]): Json | undefined {
  let at = value;
  for (const field of path) {
    at = isObject(at) ? at[field.name] : undefined;
    if (isArray(at)) at = at[0];
    else if (field.label === 'map' && isObject(at)) at = at[keyFor(field)];
  }
  return at;
}

const entryKey = 'a';
const maxDepth = 100;

/** A message that goes the way, one of each along it, with whatever is required beside. */
function along(message: ProtoMessage, path: readonly ProtoField[], shown: Shown, depth = 0): JsonObject | undefined {
  const [field, ...rest] = path;
  const made: Record<string, Json> = {};
  if (!fillRequired(message, made, depth)) return undefined;
  if (field === undefined) {
    for (const number of shown.numbers) {
      const at = message.fields.find((each) => each.number === number);
      if (at === undefined) return undefined;
      const value = valueFor(at, shown, depth);
      if (value === undefined) return undefined;
      made[at.name] = value;
    }
    return made;
  }
  if (field.type.kind !== 'message') return undefined;
  const inner = along(field.type.of, rest, shown, depth + 1);
  if (inner === undefined) return undefined;
  made[field.name] = field.label === 'repeated' ? [inner] : field.label === 'map' ? { [keyFor(field)]: inner } : inner;
  return made;
}

/** False where a required message holds itself for ever: nothing can be written then. */
function fillRequired(message: ProtoMessage, made: Record<string, Json>, depth: number): boolean {
  if (depth > maxDepth) return false;
  for (const field of message.fields) {
    if (field.label !== 'required') continue;
    const value = one(field.type, 'any', depth);
    if (value === undefined) return false;
    made[field.name] = value;
  }
  return true;
}

function keyFor({ key }: ProtoField): string {
  return key === 'string' ? entryKey : key === 'bool' ? 'true' : '1';
}

function valueFor(field: ProtoField, { value }: Shown, depth: number): Json | undefined {
  if (value === 'several' && field.label === 'repeated') return list(field.type, depth);
  const single = typeof value === 'number' ? value : one(field.type, value === 'misfit' ? value : 'any', depth);
  if (single === undefined) return undefined;
  return field.label === 'repeated' ? [single] : field.label === 'map' ? { [keyFor(field)]: single } : single;
}

function list(type: ProtoType, depth: number): Json | undefined {
  const first = one(type, 'any', depth);
  const second = type.kind === 'scalar' && type.name === 'string' ? 'b' : first;
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** Values other than the default, which would not be written: small ones, and ones that other types of the family cannot hold. */
function one(type: ProtoType, wanted: 'any' | 'misfit', depth: number): Json | undefined {
  if (type.kind === 'enum') return type.of.values.find(({ number }) => number !== 0)?.number ?? 7;
  if (type.kind === 'message') {
    const made: Record<string, Json> = {};
    return fillRequired(type.of, made, depth + 1) ? made : undefined;
  }
  const isMisfit = wanted === 'misfit';
  switch (type.name) {
    case 'bool':
      return true;
    case 'string':
      return 'a';
    case 'bytes':
      return '/w==';
    case 'float':
    case 'double':
      return 0.5;
    case 'int32':
    case 'sint32':
    case 'sfixed32':
      return isMisfit ? -1 : 1;
    case 'uint32':
    case 'fixed32':
      return isMisfit ? 4_294_967_295 : 1;
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return isMisfit ? '-4294967297' : 1;
    default:
      return isMisfit ? '18446744073709551615' : 1;
  }
}

/** As both sides are compared: 64-bit numbers as text, enums by name, bytes in base64, nothing that was not on the wire. */
const plain = { longs: String, bytes: String, enums: String } as const;

function encoded(document: ProtoDocument, message: ProtoMessage, value: JsonObject) {
  try {
    const type = document.root.lookupType(message.name);
    const bytes = type.encode(type.fromObject(value)).finish();
    return { bytes, value: toJson(type, bytes) };
  } catch {
    return undefined;
  }
}

/** Undefined where the reader refuses the bytes, or has no such message. */
function decoded(document: ProtoDocument, message: ProtoMessage | undefined, bytes: Uint8Array): Json | undefined {
  if (message === undefined) return undefined;
  try {
    return toJson(document.root.lookupType(message.name), bytes);
  } catch {
    return undefined;
  }
}

function toJson(type: protobuf.Type, bytes: Uint8Array): Json {
  return asJson(type.toObject(type.decode(bytes), plain));
}
