/** Two files → what was edited and which direction each edit breaks, message by message and number by number. */
import type { Direction } from '../compat/report.ts';
import { append } from '../schema/pointer.ts';
import type { Params, ProtoRule } from './finding.ts';
import { type ProtoDocument, type ProtoEnum, type ProtoField, type ProtoMessage, typeName } from './model.ts';
import { jsonKind, jsonReads, labelRelation, type Relation, typeRelation } from './wire.ts';

/** How a message reaches the place: fields from the event's own message on. */
export interface Way {
  /** Within the package. */
  readonly message: { readonly previous: string; readonly next: string };
  readonly fields: readonly { readonly previous: ProtoField; readonly next: ProtoField }[];
}

/** What a witness has to hold: at the end of the way, these numbers of the writer, with a value each. */
export interface Shown {
  readonly numbers: readonly number[];
  readonly value: 'any' | 'misfit' | 'several' | number;
}

export interface ProtoEdit {
  readonly rule: ProtoRule;
  readonly params: Params;
  readonly previous: string;
  readonly next: string;
  readonly instance: string;
  readonly breaks: readonly Direction[];
  /** Directions in which a message may fail the condition of the guide: shown, not counted as broken. */
  readonly risks?: readonly Direction[];
  readonly way: Way;
  readonly shown?: Shown;
}

export interface DiffOptions {
  /** Whether messages go as ProtoJSON too: then names count. */
  readonly json: boolean;
}

export interface Diff {
  readonly edits: readonly ProtoEdit[];
  /** Pairs of messages and enums that were looked at. */
  readonly steps: number;
}

interface Walk extends DiffOptions {
  readonly edits: ProtoEdit[];
  readonly seen: Set<string>;
  readonly waiting: (() => void)[];
}

export function diffFiles(previous: ProtoDocument, next: ProtoDocument, options: DiffOptions): Diff {
  const walk: Walk = { ...options, edits: [], seen: new Set(), waiting: [] };
  const empty: Way = { message: { previous: '', next: '' }, fields: [] };
  const about = (rule: ProtoRule, params: Params) =>
    walk.edits.push({ rule, params, previous: '', next: '', instance: '', breaks: [], way: empty });
  if (previous.package !== next.package)
    about('PROTO_PACKAGE_CHANGED', { previous: previous.package, next: next.package });
  if (previous.syntax !== next.syntax) about('PROTO_SYNTAX_CHANGED', { previous: previous.syntax, next: next.syntax });
  const held = heldMessages(previous);
  const isEvent = ({ name }: ProtoMessage) => !held.has(name);
  const all = [...previous.messages.values()];
  // what is an event by itself comes first: then the rest is met on the way from one, and shown in it
  for (const message of [...all.filter(isEvent), ...all.filter((each) => !isEvent(each))]) {
    const { local } = message;
    const other = next.messages.get(local);
    const way: Way = { message: { previous: local, next: local }, fields: [] };
    if (other) {
      messages(walk, message, other, way);
      // breadth first, so that what is found is found by a shortest way; the list grows while it is walked
      for (let go = walk.waiting.shift(); go; go = walk.waiting.shift()) go();
      continue;
    }
    const edit = {
      rule: 'PROTO_MESSAGE_REMOVED',
      params: { name: local },
      previous: message.pointer,
      next: '',
      instance: '',
    } as const;
    walk.edits.push({
      ...edit,
      breaks: isEvent(message) ? ['backward'] : [],
      way,
      shown: { numbers: [], value: 'any' },
    });
  }
  for (const [local, message] of next.messages)
    if (!previous.messages.has(local))
      walk.edits.push({
        rule: 'PROTO_MESSAGE_ADDED',
        params: { name: local },
        previous: '',
        next: message.pointer,
        instance: '',
        breaks: [],
        way: empty,
      });
  // those that a field carries have been met by now, where there was something to show
  for (const [local, each] of previous.enums) {
    const other = next.enums.get(local);
    if (other) enums(walk, each, other, '', empty, undefined);
  }
  return { edits: walk.edits, steps: walk.seen.size };
}

/** Messages that a field of another holds, or that stand inside one: they are no events of their own. */
function heldMessages(document: ProtoDocument): ReadonlySet<string> {
  const held = new Set<string>();
  for (const message of document.messages.values()) {
    for (const { type } of message.fields) if (type.kind === 'message' && type.of !== message) held.add(type.of.name);
    if (message.local.includes('.')) held.add(message.name);
  }
  return held;
}

type Emit = (rule: ProtoRule, params: Params, more?: Partial<ProtoEdit>) => void;

function messages(walk: Walk, previous: ProtoMessage, next: ProtoMessage, way: Way): void {
  const key = `${previous.name} ${next.name}`;
  if (walk.seen.has(key)) return;
  walk.seen.add(key);
  const instance = append(
    '',
    ...way.fields.map(({ next: { jsonName, label } }) =>
      label === 'singular' || label === 'required' ? jsonName : `${jsonName}[]`,
    ),
  );
  const emit: Emit = (rule, params, more = {}) => {
    const places = { previous: previous.pointer, next: next.pointer };
    walk.edits.push({ rule, params, ...places, instance, breaks: [], way, ...more });
  };
  const after = new Map(next.fields.map((field) => [field.number, field]));
  for (const field of previous.fields) {
    const other = after.get(field.number);
    if (other) fields(walk, field, other, way, emit);
    else removed(walk, field, next, emit);
  }
  const before = new Set(previous.fields.map(({ number }) => number));
  for (const field of next.fields) if (!before.has(field.number)) added(walk, field, previous, emit);
  oneofs(previous, next, emit);
  for (const reserved of reservations(previous))
    if (!reservations(next).includes(reserved) && !isCovered(next, reserved))
      emit('PROTO_RESERVED_DROPPED', { reserved });
}

function reservations({ reservedNumbers, reservedNames }: ProtoMessage): readonly (string | number)[] {
  return [...reservedNumbers.map(([from, to]) => (from === to ? from : `${from} to ${to}`)), ...reservedNames];
}

/** Whether a reservation still holds as part of a wider one, or its number is in use, which is said of the field. */
function isCovered({ reservedNumbers, fields: all }: ProtoMessage, reserved: string | number): boolean {
  const [from, to] = String(reserved).split(' to ').map(Number);
  if (from === undefined || Number.isNaN(from)) return all.some(({ name }) => name === reserved);
  const last = to ?? from;
  return (
    reservedNumbers.some(([low, high]) => low <= from && last <= high) ||
    (from === last && all.some(({ number }) => number === from))
  );
}

function isReserved({ reservedNumbers }: ProtoMessage, number: number): boolean {
  return reservedNumbers.some(([from, to]) => from <= number && number <= to);
}

function removed(walk: Walk, field: ProtoField, next: ProtoMessage, emit: Emit): void {
  const params = { field: field.name, number: field.number };
  const places = { previous: field.pointer };
  const json: readonly Direction[] = walk.json ? ['backward'] : [];
  if (field.label === 'required')
    emit('PROTO_REQUIRED_REMOVED', params, { ...places, breaks: ['forward'], shown: { numbers: [], value: 'any' } });
  emit(isReserved(next, field.number) ? 'PROTO_FIELD_REMOVED' : 'PROTO_FIELD_REMOVED_UNRESERVED', params, {
    ...places,
    breaks: json,
  });
}

function added(walk: Walk, field: ProtoField, previous: ProtoMessage, emit: Emit): void {
  const params = { field: field.name, number: field.number };
  const places = { next: field.pointer };
  const json: readonly Direction[] = walk.json ? ['forward'] : [];
  if (isReserved(previous, field.number))
    emit('PROTO_RESERVED_USED', { field: field.name, reserved: field.number }, places);
  else if (previous.reservedNames.includes(field.name))
    emit('PROTO_RESERVED_USED', { field: field.name, reserved: `"${field.name}"` }, places);
  if (field.label === 'required')
    emit('PROTO_REQUIRED_ADDED', params, { ...places, breaks: ['backward'], shown: { numbers: [], value: 'any' } });
  else emit('PROTO_FIELD_ADDED', params, { ...places, breaks: json });
}

function directionsOf(backward: Relation, forward: Relation, wanted: Relation): readonly Direction[] {
  return [
    ...(backward === wanted ? (['backward'] as const) : []),
    ...(forward === wanted ? (['forward'] as const) : []),
  ];
}

function fields(walk: Walk, previous: ProtoField, next: ProtoField, way: Way, emit: Emit): void {
  const { number } = previous;
  const places = { previous: previous.pointer, next: next.pointer };
  const shown = { numbers: [number], value: 'any' } as const;
  const stated = { number, previous: described(previous), next: described(next) };
  const backward = fieldRelation(previous, next);
  const forward = fieldRelation(next, previous);
  const isLabel = backward.label !== 'same' || forward.label !== 'same';
  const unreadable = directionsOf(backward.worst, forward.worst, 'unreadable');
  const lossy = directionsOf(backward.worst, forward.worst, 'lossy');
  if (unreadable.length > 0)
    emit(isLabel ? 'PROTO_FIELD_LABEL_CHANGED' : 'PROTO_FIELD_TYPE_CHANGED', stated, {
      ...places,
      breaks: unreadable,
      shown: isLabel ? { ...shown, value: 'several' } : shown,
    });
  else if (lossy.length > 0)
    emit(isLabel ? 'PROTO_FIELD_LABEL_LOSSY' : 'PROTO_FIELD_TYPE_LOSSY', stated, {
      ...places,
      risks: lossy,
      shown: { ...shown, value: isLabel ? 'several' : 'misfit' },
    });
  required(previous, next, emit);
  names(walk, previous, next, emit);
  if (
    previous.presence !== next.presence &&
    previous.type.kind === next.type.kind &&
    !previous.oneof &&
    !next.oneof &&
    previous.label === 'singular' &&
    next.label === 'singular'
  )
    emit('PROTO_PRESENCE_CHANGED', { number, next: next.presence }, places);
  if (previous.default !== next.default && previous.type.kind === next.type.kind)
    emit(
      'PROTO_DEFAULT_CHANGED',
      { number, previous: previous.default ?? 'none', next: next.default ?? 'none' },
      places,
    );
  if (unreadable.length > 0) return;
  const along: Way = { ...way, fields: [...way.fields, { previous, next }] };
  const from = previous.type;
  const into = next.type;
  if (from.kind === 'message' && into.kind === 'message')
    walk.waiting.push(() => messages(walk, from.of, into.of, along));
  if (from.kind === 'enum' && into.kind === 'enum')
    walk.waiting.push(() =>
      enums(walk, from.of, into.of, append('', ...along.fields.map(({ next: each }) => each.jsonName)), way, number),
    );
}

const rank: Readonly<Record<Relation, number>> = { same: 0, lossy: 1, unreadable: 2 };

function fieldRelation(writer: ProtoField, reader: ProtoField) {
  const label = labelRelation(writer, reader);
  const group =
    writer.delimited !== reader.delimited && writer.type.kind === 'message' && reader.type.kind === 'message';
  const type: Relation = group ? 'unreadable' : typeRelation(writer.type, reader.type);
  const key: Relation =
    writer.key !== undefined && reader.key !== undefined
      ? typeRelation({ kind: 'scalar', name: writer.key }, { kind: 'scalar', name: reader.key })
      : 'same';
  const worst = [label, type, key].reduce((a, b) => (rank[b] > rank[a] ? b : a), 'same');
  return { label, worst };
}

function described({ label, key, type }: ProtoField): string {
  const name = typeName(type);
  return label === 'map' ? `map<${key}, ${name}>` : label === 'repeated' ? `repeated ${name}` : name;
}

function required(previous: ProtoField, next: ProtoField, emit: Emit): void {
  if ((previous.label === 'required') === (next.label === 'required')) return;
  const added = next.label === 'required';
  emit(
    added ? 'PROTO_REQUIRED_ADDED' : 'PROTO_REQUIRED_REMOVED',
    { field: next.name, number: next.number },
    {
      previous: previous.pointer,
      next: next.pointer,
      breaks: [added ? 'backward' : 'forward'],
      shown: { numbers: [], value: 'any' },
    },
  );
}

function names(walk: Walk, previous: ProtoField, next: ProtoField, emit: Emit): void {
  const { number } = previous;
  const places = { previous: previous.pointer, next: next.pointer };
  const both: readonly Direction[] = walk.json ? ['backward', 'forward'] : [];
  if (previous.name !== next.name)
    emit('PROTO_FIELD_RENAMED', { number, previous: previous.name, next: next.name }, places);
  if (previous.jsonName !== next.jsonName)
    emit(
      'PROTO_JSON_NAME_CHANGED',
      { number, previous: previous.jsonName, next: next.jsonName },
      { ...places, breaks: both },
    );
  const before = jsonKind(previous);
  const after = jsonKind(next);
  if (before === after) return;
  const broken: readonly Direction[] = [
    ...(jsonReads(before, after) ? [] : (['backward'] as const)),
    ...(jsonReads(after, before) ? [] : (['forward'] as const)),
  ];
  emit(
    'PROTO_JSON_TYPE_CHANGED',
    { number, previous: before, next: after },
    { ...places, breaks: walk.json ? broken : [] },
  );
}

/** Pairs of fields that one side lets stand together and the other does not. */
function oneofs(previous: ProtoMessage, next: ProtoMessage, emit: Emit): void {
  together(previous, next, (oneof, numbers, names_) =>
    emit('PROTO_ONEOF_JOINED', { oneof, fields: names_ }, { breaks: ['backward'], shown: { numbers, value: 'any' } }),
  );
  together(next, previous, (oneof, numbers, names_) =>
    emit('PROTO_ONEOF_SPLIT', { oneof, fields: names_ }, { breaks: ['forward'], shown: { numbers, value: 'any' } }),
  );
}

function together(
  writer: ProtoMessage,
  reader: ProtoMessage,
  found: (oneof: string, numbers: readonly number[], names: readonly string[]) => void,
): void {
  const before = new Map(writer.fields.map((field) => [field.number, field]));
  const names = new Set(reader.fields.flatMap(({ oneof }) => oneof ?? []));
  for (const oneof of names) {
    const members = reader.fields.filter((field) => field.oneof === oneof && before.has(field.number));
    if (members.length < 2) continue;
    const first = before.get(members[0]!.number)!;
    const other = members
      .map(({ number }) => before.get(number)!)
      .find((field) => field.oneof === undefined || field.oneof !== first.oneof);
    const pair =
      other === first || other === undefined
        ? pairOf(
            first,
            members.map(({ number }) => before.get(number)!),
          )
        : [first, other];
    if (pair)
      found(
        oneof,
        pair.map(({ number }) => number),
        pair.map(({ name }) => name),
      );
  }
}

function pairOf(first: ProtoField, members: readonly ProtoField[]): readonly ProtoField[] | undefined {
  if (first.oneof !== undefined) return undefined;
  const other = members.find((field) => field !== first);
  return other && [first, other];
}

/** `number`: the field that carries it at the end of the way; none where the enum is looked at for itself. */
function enums(
  walk: Walk,
  previous: ProtoEnum,
  next: ProtoEnum,
  instance: string,
  way: Way,
  number: number | undefined,
): void {
  const key = `enum ${previous.name} ${next.name}`;
  if (walk.seen.has(key)) return;
  walk.seen.add(key);
  const emit = (rule: ProtoRule, params: Params, more: Partial<ProtoEdit> = {}) => {
    walk.edits.push({
      rule,
      params,
      previous: previous.pointer,
      next: next.pointer,
      instance,
      breaks: [],
      way,
      ...more,
    });
  };
  const after = new Map(next.values.map(({ name, number: of }) => [name, of]));
  const before = new Map(previous.values.map(({ name, number: of }) => [name, of]));
  const json: readonly Direction[] = walk.json ? ['backward'] : [];
  for (const value of previous.values) {
    const now = after.get(value.name);
    const heir = next.values.find((each) => each.number === value.number);
    if (
      now !== undefined &&
      now !== value.number &&
      !next.values.some((each) => each.name === value.name && each.number === value.number)
    )
      emit(
        'PROTO_ENUM_VALUE_RENUMBERED',
        { value: value.name, previous: value.number, next: now },
        {
          breaks: ['backward', 'forward'],
          ...(number !== undefined && { shown: { numbers: [number], value: value.number } }),
        },
      );
    else if (now === undefined && heir && !before.has(heir.name))
      emit(
        'PROTO_ENUM_VALUE_RENAMED',
        { number: value.number, previous: value.name, next: heir.name },
        { breaks: walk.json ? ['backward', 'forward'] : [] },
      );
    else if (now === undefined && !heir)
      emit('PROTO_ENUM_VALUE_REMOVED', { value: value.name, number: value.number }, { breaks: json });
  }
  const numbers = new Set(previous.values.map((each) => each.number));
  for (const value of next.values)
    if (!numbers.has(value.number) && !before.has(value.name))
      emit(
        'PROTO_ENUM_VALUE_ADDED',
        { value: value.name, number: value.number },
        { breaks: walk.json ? ['forward'] : [] },
      );
}
