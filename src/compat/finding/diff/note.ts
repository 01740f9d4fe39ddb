/** What no validator reads: titles, defaults, units, classification, the contract. */
import { contractKeyword } from '../../../schema/contract.ts';
import type { Dialect } from '../../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../../../schema/json.ts';
import { append } from '../../../schema/pointer.ts';
import type { Differ, Spot, Two } from '../change.ts';
import type { RuleId } from '../ids.ts';
import { same } from '../same.ts';

export interface NoteOptions {
  /** Classification levels from harmless to most sensitive. */
  readonly classifications: readonly string[];
  /** Tags that mark personal data. */
  readonly personal: readonly string[];
}

export const defaultNotes: NoteOptions = {
  classifications: ['public', 'internal', 'confidential', 'restricted'],
  personal: ['pii', 'gdpr', 'phi', 'personal', 'sensitive'],
};

/** A row says which finding a changed keyword is; it means nothing to the accepted values. */
const simple: readonly (readonly [keyword: string, rule: RuleId])[] = [
  ['title', 'META_TITLE_CHANGED'],
  ['description', 'META_DESCRIPTION_CHANGED'],
  ['examples', 'META_EXAMPLES_CHANGED'],
  ['$comment', 'META_COMMENT_CHANGED'],
  ['default', 'META_DEFAULT_CHANGED'],
  ['readOnly', 'META_READONLY_CHANGED'],
  ['writeOnly', 'META_WRITEONLY_CHANGED'],
  ['contentEncoding', 'META_CONTENT_ENCODING_CHANGED'],
  ['contentMediaType', 'META_CONTENT_MEDIA_TYPE_CHANGED'],
  ['x-unit', 'META_UNIT_CHANGED'],
];
const flags = new Set(['readOnly', 'writeOnly']);

export function compareNotes(differ: Differ, two: Two, spot: Spot, options: NoteOptions): void {
  for (const [keyword, rule] of simple) {
    const { at, previous, next } = valuesOf(two, keyword);
    if (flags.has(keyword) && (previous === true) === (next === true)) continue;
    if (!same(previous, next)) note(differ, two, spot, rule, at, previous, next);
  }
  compareDeprecation(differ, two, spot);
  compareClassification(differ, two, spot, 'x-classification', options);
  compareTags(differ, two, spot, options);
  if (spot.instance === '' && spot.depth === 0) compareRoot(differ, two, spot, options);
}

function valuesOf(two: Two, keyword: string) {
  const previous = two.previous.held.get(keyword);
  const next = two.next.held.get(keyword);
  return { at: { previous: previous?.pointer, next: next?.pointer }, previous: previous?.value, next: next?.value };
}

function note(
  differ: Differ,
  two: Two,
  spot: Spot,
  rule: RuleId,
  at: { readonly previous?: string | undefined; readonly next?: string | undefined },
  previous: Json | undefined,
  next: Json | undefined,
): void {
  differ.emit(rule, two, spot, at, { previous: short(previous), next: short(next) }, []);
}

const longest = 200;

/** Enough to recognise a text by; examples may be whole events. */
function short(value: Json | undefined): Json {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= longest ? value : `${text.slice(0, longest - 1)}…`;
}

function compareDeprecation(differ: Differ, two: Two, spot: Spot): void {
  const { at, previous, next } = valuesOf(two, 'deprecated');
  if ((previous === true) === (next === true)) return;
  note(differ, two, spot, next === true ? 'META_DEPRECATED_ADDED' : 'META_DEPRECATED_REMOVED', at, previous, next);
}

function compareClassification(differ: Differ, two: Two, spot: Spot, keyword: string, options: NoteOptions): void {
  const { at, previous, next } = valuesOf(two, keyword);
  reportLevel(differ, two, spot, at, previous, next, options);
}

function reportLevel(
  differ: Differ,
  two: Two,
  spot: Spot,
  at: { readonly previous?: string | undefined; readonly next?: string | undefined },
  previous: Json | undefined,
  next: Json | undefined,
  { classifications }: NoteOptions,
): void {
  if (same(previous, next)) return;
  // unknown levels and none rank lowest: losing one is a lowering
  const rank = (level: Json | undefined) => (typeof level === 'string' ? classifications.indexOf(level) : -1);
  const lowered = rank(next) < rank(previous) || (rank(next) === rank(previous) && next === undefined);
  note(differ, two, spot, lowered ? 'META_CLASSIFICATION_LOWERED' : 'META_CLASSIFICATION_RAISED', at, previous, next);
}

function compareTags(differ: Differ, two: Two, spot: Spot, { personal }: NoteOptions): void {
  const previous = tagsOf(two, 'previous');
  const next = tagsOf(two, 'next');
  const tags = previous.tags.filter((tag) => personal.includes(tag) && !next.tags.includes(tag));
  if (tags.length === 0) return;
  differ.emit('META_PII_TAG_REMOVED', two, spot, { previous: previous.pointer, next: next.pointer }, { tags }, []);
}

/** `confluent:tags` is read as `x-tags`. */
function tagsOf(two: Two, side: 'previous' | 'next') {
  const held = two[side].held.get('x-tags') ?? two[side].held.get('confluent:tags');
  const tags = isArray(held?.value) ? held.value.filter((tag) => typeof tag === 'string') : [];
  return { pointer: held?.pointer, tags };
}

function compareRoot(differ: Differ, two: Two, spot: Spot, options: NoteOptions): void {
  compareDialects(differ, two, spot);
  const identifier = (dialect: Dialect) => (dialect === 'draft-04' ? 'id' : '$id');
  const from = rootMember(two, 'previous', identifier(two.previous.dialect));
  const to = rootMember(two, 'next', identifier(two.next.dialect));
  if (!same(from.value, to.value))
    note(differ, two, spot, 'META_ID_CHANGED', { previous: from.pointer, next: to.pointer }, from.value, to.value);
  compareContracts(differ, two, spot, options);
}

function rootMember(two: Two, side: 'previous' | 'next', keyword: string) {
  const { schema, pointer } = two[side].place;
  const value = isObject(schema) ? member(schema, keyword) : undefined;
  return { value, pointer: value === undefined ? undefined : append(pointer, keyword) };
}

/** What counts is the dialect, not how its URI is spelt, nor that it is left out. */
function compareDialects(differ: Differ, two: Two, spot: Spot): void {
  if (two.previous.dialect === two.next.dialect) return;
  const at = {
    previous: rootMember(two, 'previous', '$schema').pointer,
    next: rootMember(two, 'next', '$schema').pointer,
  };
  note(differ, two, spot, 'META_DIALECT_CHANGED', at, two.previous.dialect, two.next.dialect);
}

function compareContracts(differ: Differ, two: Two, spot: Spot, options: NoteOptions): void {
  const contracts = { previous: contractOf(two, 'previous'), next: contractOf(two, 'next') };
  const read = (key: string) => {
    const previous = member(contracts.previous, key);
    const next = member(contracts.next, key);
    const pointer = (side: 'previous' | 'next', value: Json | undefined) =>
      value === undefined ? undefined : append(two[side].place.pointer, contractKeyword, key);
    return { previous, next, at: { previous: pointer('previous', previous), next: pointer('next', next) } };
  };
  for (const role of ['owner', 'producer']) {
    const { previous, next, at } = read(role);
    if (same(previous, next)) continue;
    differ.emit('META_OWNER_CHANGED', two, spot, at, { role, previous: short(previous), next: short(next) }, []);
  }
  const key = read('orderingKey');
  if (!same(key.previous, key.next)) note(differ, two, spot, 'META_KEY_FIELD_CHANGED', key.at, key.previous, key.next);
  const level = read('classification');
  reportLevel(differ, two, spot, level.at, level.previous, level.next, options);
}

function contractOf(two: Two, side: 'previous' | 'next'): JsonObject {
  const held = two[side].held.get(contractKeyword)?.value;
  return isObject(held) ? held : {};
}
