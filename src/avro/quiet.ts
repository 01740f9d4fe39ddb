/** Edits that break nothing by themselves, by walking both schemas together: what is new, gone, renamed, or means something else. */
import { canonicalize } from '../schema/canonical.ts';
import type { Json } from '../schema/json.ts';
import { append, type Pointer } from '../schema/pointer.ts';
import type { AvroRule, Params } from './finding.ts';
import { isNameOf, isPromoted, matches } from './match.ts';
import {
  type AvroType,
  branchName,
  type EnumType,
  type Field,
  type Logical,
  type RecordType,
  unqualified,
} from './type.ts';

export interface QuietEdit {
  readonly rule: AvroRule;
  readonly params: Params;
  readonly previous: Pointer;
  readonly next: Pointer;
  readonly instance: string;
}

interface Two {
  readonly previous: AvroType;
  readonly next: AvroType;
  readonly instance: string;
  /** The last places in the documents themselves: what comes by reference has its own elsewhere. */
  readonly at: Places;
}

interface Places {
  readonly previous: Pointer;
  readonly next: Pointer;
}

export function quietEdits(previous: AvroType, next: AvroType): readonly QuietEdit[] {
  const edits: QuietEdit[] = [];
  const seen = new Set<string>();
  const waiting: Two[] = [{ previous, next, instance: '', at: { previous: '', next: '' } }];
  // the list grows while it is walked; named types are entered once, so it ends
  for (let index = 0; index < waiting.length; index += 1) {
    const two = waiting[index]!;
    const key = `${branchName(two.previous)} ${branchName(two.next)}`;
    if (two.previous.kind === 'record' && seen.has(key)) continue;
    seen.add(key);
    look(
      two,
      (edit) => edits.push(edit),
      (pair) => waiting.push(pair),
    );
  }
  return edits;
}

type Emit = (edit: QuietEdit) => void;
type Meet = (two: Two) => void;

function look(two: Two, emit: Emit, meet: Meet): void {
  const { previous, next, instance } = two;
  const at: Places = {
    previous: previous.origin === '' ? previous.pointer : two.at.previous,
    next: next.origin === '' ? next.pointer : two.at.next,
  };
  if (previous.kind === 'union' || next.kind === 'union') branches({ ...two, at }, meet);
  else if (previous.kind === 'array' && next.kind === 'array')
    meet({ previous: previous.items, next: next.items, at, instance: append(instance, '*') });
  else if (previous.kind === 'map' && next.kind === 'map')
    meet({ previous: previous.values, next: next.values, at, instance: append(instance, '*') });
  else if (previous.kind === 'record' && next.kind === 'record') fields(previous, next, { instance, at }, emit, meet);
  else if (previous.kind === 'enum' && next.kind === 'enum') symbols(previous, next, { ...at, instance }, emit);
  else scalars(previous, next, { ...at, instance }, emit);
}

function scalars(previous: AvroType, next: AvroType, places: Omit<QuietEdit, 'rule' | 'params'>, emit: Emit): void {
  if (previous.kind !== next.kind) {
    if (isPromoted(previous.kind, next.kind) && isPromoted(next.kind, previous.kind))
      emit({ rule: 'AVRO_TYPE_PROMOTED', params: { previous: previous.kind, next: next.kind }, ...places });
    return;
  }
  const before = logicalOf(previous);
  const after = logicalOf(next);
  if (before?.name !== after?.name)
    emit({
      rule: 'AVRO_LOGICAL_TYPE_CHANGED',
      params: { previous: before?.name ?? previous.kind, next: after?.name ?? next.kind },
      ...places,
    });
}

function logicalOf(type: AvroType): Logical | undefined {
  return 'logical' in type ? type.logical : undefined;
}

function branches({ previous, next, instance, at }: Two, meet: Meet): void {
  const before = previous.kind === 'union' ? previous.branches : [previous];
  const after = next.kind === 'union' ? next.branches : [next];
  for (const branch of before) {
    const partner =
      after.find((each) => branchName(each) === branchName(branch)) ??
      after.find((each) => each.kind === branch.kind && matches(branch, each));
    if (partner) meet({ previous: branch, next: partner, instance, at });
  }
}

type Where = Pick<Two, 'instance' | 'at'>;

function fields(previous: RecordType, next: RecordType, { instance, at }: Where, emit: Emit, meet: Meet): void {
  if (unqualified(previous.name) !== unqualified(next.name) && !isNameOf(next, previous.name)) return;
  const placeOf = (side: 'previous' | 'next', field: Field) =>
    (side === 'previous' ? previous : next).origin === '' ? field.pointer : at[side];
  const taken = new Set<Field>();
  for (const field of next.fields) {
    const before = previousOf(previous, field);
    if (before === undefined) {
      const places = { previous: at.previous, next: placeOf('next', field), instance };
      emit({ rule: 'AVRO_FIELD_ADDED', params: paramsOf(field), ...places });
      continue;
    }
    taken.add(before);
    const below = append(instance, field.name);
    const places = { previous: placeOf('previous', before), next: placeOf('next', field) };
    renamed(before, field, { ...places, instance: below }, emit);
    const types = { previous: typePlace(previous, before, at.previous), next: typePlace(next, field, at.next) };
    meet({ previous: before.type, next: field.type, instance: below, at: types });
  }
  for (const field of previous.fields)
    if (!taken.has(field)) {
      const places = { previous: placeOf('previous', field), next: at.next, instance };
      emit({ rule: 'AVRO_FIELD_REMOVED', params: paramsOf(field), ...places });
    }
}

function typePlace({ origin }: RecordType, field: Field, at: Pointer): Pointer {
  return origin === '' ? append(field.pointer, 'type') : at;
}

function previousOf({ fields: all }: RecordType, field: Field): Field | undefined {
  return all.find(({ name }) => name === field.name) ?? all.find(({ name }) => field.aliases.includes(name));
}

function paramsOf(field: Field): Params {
  return { field: field.name, ...(field.default !== undefined && { default: true }) };
}

function renamed(before: Field, field: Field, places: Omit<QuietEdit, 'rule' | 'params'>, emit: Emit): void {
  if (before.name !== field.name)
    emit({ rule: 'AVRO_FIELD_RENAMED', params: { previous: before.name, next: field.name }, ...places });
  if (!sameValue(before.default, field.default))
    emit({ rule: 'AVRO_DEFAULT_CHANGED', params: { of: `"${field.name}"` }, ...places });
}

function symbols(previous: EnumType, next: EnumType, places: Omit<QuietEdit, 'rule' | 'params'>, emit: Emit): void {
  for (const symbol of next.symbols)
    if (!previous.symbols.includes(symbol))
      emit({ rule: 'AVRO_SYMBOL_ADDED', params: { symbol, default: true }, ...places });
  for (const symbol of previous.symbols)
    if (!next.symbols.includes(symbol))
      emit({ rule: 'AVRO_SYMBOL_REMOVED', params: { symbol, default: true }, ...places });
  if (previous.default !== next.default)
    emit({ rule: 'AVRO_DEFAULT_CHANGED', params: { of: `the enum "${next.name}"` }, ...places });
}

function sameValue(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return canonicalize(left) === canonicalize(right);
}
