/**
 * Can every datum that one schema writes be read with another? Decided by the rules of "Schema Resolution" (Avro 1.12): each pair of
 * a writer's and a reader's type is looked at once, and a pair met again is taken to hold, since the shortest datum that cannot be
 * read does not contain itself. Nothing is cut off, so the answer holds for recursive schemas too.
 */
import { append, type Pointer } from '../schema/pointer.ts';
import { inhabited } from './datum.ts';
import { inOrder, isNameOf, isPromoted, sameDecimal, writerField } from './match.ts';
import {
  type AvroDocument,
  type AvroType,
  type EnumType,
  type Field,
  isNamed,
  type RecordType,
  type UnionType,
} from './type.ts';

/** One step from a datum of the writer into a part of it. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'item' }
  | { readonly kind: 'value' }
  | { readonly kind: 'branch'; readonly index: number }
  | { readonly kind: 'symbol'; readonly symbol: string };

/** The way from the whole datum, innermost step first. */
export type Path = { readonly step: Step; readonly before: Path } | undefined;

export type Reason =
  | 'type'
  | 'name'
  | 'size'
  | 'decimal'
  | 'symbol'
  | 'field'
  | 'branch'
  | 'ambiguous-alias'
  | 'ambiguous-branch';

export interface Break {
  readonly reason: Reason;
  readonly writer: AvroType;
  readonly reader: AvroType;
  /** The nearest places in the two documents themselves: what a reference defines is pointed at where it is used. */
  readonly writerPointer: Pointer;
  readonly readerPointer: Pointer;
  readonly path: Path;
  /** `reason: 'field'`: the reader's, which the writer lacks; `'symbol'`: the writer's symbol. */
  readonly subject?: string;
  /** Implementations differ about it: neither compatible nor not. */
  readonly undecided?: true;
}

interface Pair {
  readonly writer: AvroType;
  readonly reader: AvroType;
  readonly path: Path;
  readonly at: At;
}

interface At {
  readonly writer: Pointer;
  readonly reader: Pointer;
}

export interface Resolution {
  readonly breaks: readonly Break[];
  /** Pairs of types that were looked at. */
  readonly steps: number;
}

export function resolution(writer: AvroDocument, reader: AvroDocument): Resolution {
  return resolve(writer.type, reader.type, true);
}

/** `deep`: where several branches of a union match, each is tried; not so while one is being tried. */
function resolve(writer: AvroType, reader: AvroType, deep: boolean): Resolution {
  const breaks: Break[] = [];
  const isWritten = inhabited(writer);
  const seen = seenPairs();
  const waiting: Pair[] = [];
  const meet = (pair: Pair) => {
    if (isWritten(pair.writer) && !seen(pair)) waiting.push(pair);
  };
  meet({ writer, reader, path: undefined, at: { writer: '', reader: '' } });
  // the list grows while it is walked: breadth first, so that what is found is found by a shortest way
  for (let index = 0; index < waiting.length; index += 1) look(waiting[index]!, { isWritten, meet, breaks, deep });
  return { breaks, steps: waiting.length };
}

interface Looking {
  isWritten(type: AvroType): boolean;
  meet(pair: Pair): void;
  readonly breaks: Break[];
  readonly deep: boolean;
}

function look(pair: Pair, looking: Looking): void {
  const at = placed(pair);
  const { writer, reader, path } = pair;
  const add = (reason: Reason, more: Partial<Break> = {}) => {
    looking.breaks.push({ reason, writer, reader, writerPointer: at.writer, readerPointer: at.reader, path, ...more });
  };
  if (writer.kind === 'union') {
    for (const [index, branch] of writer.branches.entries()) {
      const along: Path = { step: { kind: 'branch', index }, before: path };
      if (reader.kind === 'union' || isSameKind(branch, reader))
        looking.meet({ writer: branch, reader, at, path: along });
      else if (looking.isWritten(branch)) add('branch', { writer: branch, path: along });
    }
  } else if (reader.kind === 'union') {
    intoUnion({ writer, reader, path, at }, looking, add);
  } else if (writer.kind === 'array' && reader.kind === 'array') {
    looking.meet({ writer: writer.items, reader: reader.items, at, path: { step: { kind: 'item' }, before: path } });
  } else if (writer.kind === 'map' && reader.kind === 'map') {
    looking.meet({ writer: writer.values, reader: reader.values, at, path: { step: { kind: 'value' }, before: path } });
  } else if (writer.kind === 'record' && reader.kind === 'record') {
    if (isNameOf(reader, writer.name)) intoRecord({ writer, reader, path, at }, looking, add);
    else add('name');
  } else if (writer.kind === 'enum' && reader.kind === 'enum') {
    if (isNameOf(reader, writer.name)) intoEnum(writer, reader, path, add);
    else add('name');
  } else if (writer.kind === 'fixed' && reader.kind === 'fixed') {
    if (!isNameOf(reader, writer.name)) add('name');
    else if (writer.size !== reader.size) add('size');
    else if (!sameDecimal(writer.logical, reader.logical)) add('decimal');
  } else if (writer.kind !== reader.kind) {
    if (!isPromoted(writer.kind, reader.kind)) add('type');
  } else if ('logical' in writer && 'logical' in reader && !sameDecimal(writer.logical, reader.logical)) add('decimal');
}

type Add = (reason: Reason, more?: Partial<Break>) => void;

/**
 * The first branch that matches is the one the datum is read with. Where it cannot be read with that and could with another that
 * matches, implementations differ: some try the next one.
 */
function intoUnion(pair: Pair & { readonly reader: UnionType }, looking: Looking, add: Add): void {
  const { writer, reader, path, at } = pair;
  const candidates = inOrder(writer, reader);
  const first = candidates[0] ?? sameCollection(pair, looking);
  if (first === undefined) {
    add('branch');
    return;
  }
  if (candidates.length > 1 && looking.deep && isNamed(writer)) {
    const [isFirst = false, ...others] = candidates.map((each) => resolve(writer, each, false).breaks.length === 0);
    if (!isFirst && others.includes(true)) {
      add('ambiguous-branch', { undecided: true });
      return;
    }
  }
  looking.meet({ writer, reader: first, path, at });
}

/** A list is not a branch for a list of other items; what is wrong is said of the items. */
function sameCollection(
  { writer, reader }: Pair & { readonly reader: UnionType },
  looking: Looking,
): AvroType | undefined {
  const inner = writer.kind === 'array' ? writer.items : writer.kind === 'map' ? writer.values : undefined;
  if (inner === undefined || !looking.isWritten(inner)) return undefined;
  return reader.branches.find(({ kind }) => kind === writer.kind);
}

/** Whether what is wrong between them lies in their parts, rather than in one being there at all. */
function isSameKind(writer: AvroType, reader: AvroType): boolean {
  if (isNamed(writer) && isNamed(reader)) return writer.kind === reader.kind && isNameOf(reader, writer.name);
  return writer.kind === reader.kind || isPromoted(writer.kind, reader.kind);
}

interface Records extends Pair {
  readonly writer: RecordType;
  readonly reader: RecordType;
}

function intoRecord({ writer, reader, path, at }: Records, looking: Looking, add: Add): void {
  for (const field of reader.fields) {
    const from = writerField(writer.fields, field);
    if (from === 'ambiguous') add('ambiguous-alias', { undecided: true, subject: field.name });
    else if (from !== undefined)
      looking.meet({
        writer: from.type,
        reader: field.type,
        at: within(at, writer, reader, from, field),
        path: { step: { kind: 'field', name: from.name }, before: path },
      });
    else if (field.default === undefined)
      add('field', { subject: field.name, readerPointer: reader.origin === '' ? field.pointer : at.reader });
  }
}

function within(at: At, writer: RecordType, reader: RecordType, from: Field, field: Field): At {
  return {
    writer: writer.origin === '' ? append(from.pointer, 'type') : at.writer,
    reader: reader.origin === '' ? append(field.pointer, 'type') : at.reader,
  };
}

function intoEnum(writer: EnumType, reader: EnumType, path: Path, add: Add): void {
  if (reader.default !== undefined) return;
  for (const symbol of writer.symbols)
    if (!reader.symbols.includes(symbol))
      add('symbol', { subject: symbol, path: { step: { kind: 'symbol', symbol }, before: path } });
}

/** A type that comes by reference has its places elsewhere: then the last place of the document itself stands. */
function placed({ writer, reader, at }: Pair): At {
  return {
    writer: writer.origin === '' ? writer.pointer : at.writer,
    reader: reader.origin === '' ? reader.pointer : at.reader,
  };
}

/** Named types are identified by their names, which are unique in a document; all others by identity. */
function seenPairs(): (pair: Pair) => boolean {
  const numbers = new Map<AvroType | string, number>();
  const numberOf = (type: AvroType, side: string) => {
    const key = 'name' in type ? `${side}${type.name}` : type;
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  const met = new Set<string>();
  return ({ writer, reader }) => {
    const key = `${numberOf(writer, 'w')} ${numberOf(reader, 'r')}`;
    if (met.has(key)) return true;
    met.add(key);
    return false;
  };
}
