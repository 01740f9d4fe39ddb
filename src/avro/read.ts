/**
 * Reads one datum of a writer's schema with a reader's, step by step as "Schema Resolution" (Avro 1.12) says it: the second opinion on
 * every witness, beside `avsc`. It knows nothing of how the verdict was reached.
 */
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import { append, type Pointer } from '../schema/pointer.ts';
import { inOrder, isNameOf, matches, sameDecimal } from './match.ts';
import { type AvroType, branchName } from './type.ts';

export interface Unread {
  /** Into the datum, in its JSON encoding. */
  readonly at: Pointer;
  readonly message: string;
}

/** Undefined where the datum is read. The datum is one of the writer's. */
export function unread(writer: AvroType, reader: AvroType, datum: Json, at: Pointer = ''): Unread | undefined {
  if (writer.kind === 'union') {
    if (datum === null) return unread({ kind: 'null', pointer: '', origin: '' }, reader, null, at);
    const [name, value] = isObject(datum) ? (Object.entries(datum)[0] ?? []) : [];
    const branch = writer.branches.find((each) => branchName(each) === name);
    if (branch === undefined || value === undefined || name === undefined)
      throw new Error('the datum is none of the writer’s');
    return unread(branch, reader, value, append(at, name));
  }
  if (reader.kind === 'union') {
    const [branch] = inOrder(writer, reader);
    return branch
      ? unread(writer, branch, datum, at)
      : refused(at, `no branch of the union takes ${branchName(writer)}`);
  }
  if (!matches(writer, reader)) return refused(at, `${branchName(writer)} is not read as ${branchName(reader)}`);
  if (writer.kind === 'record' && reader.kind === 'record' && isObject(datum))
    return unreadRecord(writer, reader, datum, at);
  if (writer.kind === 'array' && reader.kind === 'array' && isArray(datum)) {
    for (const [index, item] of datum.entries()) {
      const problem = unread(writer.items, reader.items, item, append(at, index));
      if (problem) return problem;
    }
  } else if (writer.kind === 'map' && reader.kind === 'map' && isObject(datum)) {
    for (const [key, value] of Object.entries(datum)) {
      const problem = unread(writer.values, reader.values, value, append(at, key));
      if (problem) return problem;
    }
  } else if (writer.kind === 'enum' && reader.kind === 'enum') {
    if (!reader.symbols.includes(String(datum)) && reader.default === undefined)
      return refused(at, `${reader.name} has no symbol ${String(datum)}, and no default`);
  } else if ('logical' in writer && 'logical' in reader && !sameDecimal(writer.logical, reader.logical))
    return refused(at, 'a decimal of another precision or scale');
  return undefined;
}

function unreadRecord(
  writer: Extract<AvroType, { kind: 'record' }>,
  reader: Extract<AvroType, { kind: 'record' }>,
  datum: { readonly [key: string]: Json },
  at: Pointer,
): Unread | undefined {
  if (!isNameOf(reader, writer.name)) return refused(at, `${writer.name} is not read as ${reader.name}`);
  for (const field of reader.fields) {
    const from = writer.fields.find(({ name }) => name === field.name || field.aliases.includes(name));
    if (from === undefined) {
      if (field.default === undefined) return refused(at, `the field ${field.name} is not written, and has no default`);
      continue;
    }
    const value = member(datum, from.name);
    if (value === undefined) throw new Error('the datum is none of the writer’s');
    const problem = unread(from.type, field.type, value, append(at, from.name));
    if (problem) return problem;
  }
  return undefined;
}

function refused(at: Pointer, message: string): Unread {
  return { at, message };
}
