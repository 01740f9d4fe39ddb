/** Which alternative of one union became which of the other: by tag, by reference or title, by shape, by likeness. */
import { canonicalize } from '../../../schema/canonical.ts';
import { isArray, isObject, type Json, member } from '../../../schema/json.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import type { View } from '../view.ts';
import { typesOf } from './type.ts';

export interface Branch {
  readonly index: number;
  readonly place: SchemaLocation;
  readonly view: View;
  readonly shape: number;
}

export interface Alignment {
  readonly matched: readonly (readonly [Branch, Branch])[];
  readonly gone: readonly Branch[];
  readonly come: readonly Branch[];
}

/** Alternatives compared by likeness: past this many the ones left over are taken as removed and added. */
const maxBranches = 40;
const likeEnough = 0.5;

export function align(previous: readonly Branch[], next: readonly Branch[]): Alignment {
  const matched: (readonly [Branch, Branch])[] = [];
  let gone = previous;
  let come = next;
  const tag = discriminator([...previous, ...next]);
  const keys: readonly ((branch: Branch) => string | undefined)[] = [
    (branch) => (tag === undefined ? undefined : tagOf(branch, tag)),
    (branch) => `${branch.shape}`,
    (branch) => referenceOf(branch),
    (branch) => textOf(branch.view, 'title'),
  ];
  for (const key of keys) [gone, come] = matchBy(key, gone, come, matched);
  [gone, come] = matchByLikeness(gone, come, matched);
  matched.sort(([, left], [, right]) => left.index - right.index);
  return { matched, gone, come };
}

/** By the value of the tag, whatever property carries it. */
export function alignRetagged(
  previous: readonly Branch[],
  from: string,
  next: readonly Branch[],
  to: string,
): Alignment {
  const matched: (readonly [Branch, Branch])[] = [];
  const before = new Set(previous);
  const [gone, come] = matchBy((branch) => tagOf(branch, before.has(branch) ? from : to), previous, next, matched);
  return { matched, gone, come };
}

/** Equal keys match in order; a key that several alternatives have says nothing, except in order. */
function matchBy(
  key: (branch: Branch) => string | undefined,
  previous: readonly Branch[],
  next: readonly Branch[],
  matched: (readonly [Branch, Branch])[],
): readonly [readonly Branch[], readonly Branch[]] {
  const waiting = new Map<string, Branch[]>();
  for (const branch of next) {
    const text = key(branch);
    if (text !== undefined) waiting.set(text, [...(waiting.get(text) ?? []), branch]);
  }
  const taken = new Set<Branch>();
  const gone = previous.filter((branch) => {
    const text = key(branch);
    const twin = text === undefined ? undefined : waiting.get(text)?.shift();
    if (twin === undefined) return true;
    matched.push([branch, twin]);
    taken.add(twin);
    return false;
  });
  return [gone, next.filter((branch) => !taken.has(branch))];
}

function matchByLikeness(
  previous: readonly Branch[],
  next: readonly Branch[],
  matched: (readonly [Branch, Branch])[],
): readonly [readonly Branch[], readonly Branch[]] {
  if (previous.length === 0 || next.length === 0 || previous.length > maxBranches || next.length > maxBranches)
    return [previous, next];
  const pairs = previous.flatMap((from) => next.map((to) => ({ from, to, score: likeness(from.view, to.view) })));
  pairs.sort(
    (left, right) => right.score - left.score || left.from.index - right.from.index || left.to.index - right.to.index,
  );
  const taken = new Set<Branch>();
  for (const { from, to, score } of pairs) {
    if (score < likeEnough || taken.has(from) || taken.has(to)) continue;
    taken.add(from).add(to);
    matched.push([from, to]);
  }
  return [previous.filter((branch) => !taken.has(branch)), next.filter((branch) => !taken.has(branch))];
}

/** 0 for different types; otherwise how much of what both state is the same. */
function likeness(left: View, right: View): number {
  const tagged = tagValues(left);
  for (const [name, values] of tagValues(right)) {
    const others = tagged.get(name);
    if (others !== undefined && !others.some((value) => values.includes(value))) return 0;
  }
  const [a, b] = [typesOf(left), typesOf(right)];
  const common = [...a].filter((atom) => b.has(atom)).length;
  if (common === 0) return 0;
  const features = (view: View) =>
    new Set([...view.properties.keys()].map((name) => `p ${name}`).concat(keywordsOf(view)));
  const [x, y] = [features(left), features(right)];
  const shared = [...x].filter((feature) => y.has(feature)).length;
  const all = new Set([...x, ...y]).size;
  return all === 0 ? (a.size === b.size && common === a.size ? 1 : 0) : shared / all;
}

const loud = new Set(['type', 'title', 'description', '$comment', '$ref', 'default', 'examples']);

function keywordsOf(view: View): string[] {
  return [...view.held.keys()].filter((keyword) => !loud.has(keyword)).concat(view.held.has('type') ? ['type'] : []);
}

/** The required property whose constant tells every alternative from every other; undefined where none does. */
export function discriminator(branches: readonly Branch[]): string | undefined {
  const [first] = branches;
  if (first === undefined || branches.length < 2) return undefined;
  return [...tagValues(first.view).keys()]
    .sort()
    .find((name) => branches.every(({ view }) => tagValues(view).has(name)));
}

function tagOf(branch: Branch, name: string): string | undefined {
  return tagValues(branch.view).get(name)?.slice().sort()[0];
}

/** Required properties with listed values, each value as canonical text. */
function tagValues(view: View): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, { schema }] of view.properties) {
    if (!isObject(schema) || !view.required.has(name)) continue;
    const constant = member(schema, 'const');
    const list = member(schema, 'enum');
    const values: readonly Json[] = constant !== undefined ? [constant] : isArray(list) && list.length < 20 ? list : [];
    if (values.length > 0) found.set(name, values.map(canonicalize));
  }
  return found;
}

function referenceOf({ place }: Branch): string | undefined {
  const reference = isObject(place.schema) ? member(place.schema, '$ref') : undefined;
  if (typeof reference !== 'string') return undefined;
  return reference.slice(reference.lastIndexOf('/') + 1);
}

function textOf(view: View, keyword: string): string | undefined {
  const value = view.held.get(keyword)?.value;
  return typeof value === 'string' ? value : undefined;
}
