/** anyOf and oneOf: alternatives are matched, then compared one by one: applicator §10.2.1. */
import { keywordRow } from '../../../schema/dialect.ts';
import { isArray, isObject, type Json, member } from '../../../schema/json.ts';
import { append, type Pointer } from '../../../schema/pointer.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import { isSchema } from '../../../schema/walk.ts';
import type { Side } from '../../decide/decide.ts';
import { inspect } from '../../decide/inspect.ts';
import { type Alternative, type Cover, type Differ, inBranch, type Spot, type Two } from '../change.ts';
import { conditionParams } from '../condition.ts';
import { isAny, type View } from '../view.ts';
import { type Alignment, align, alignRetagged, type Branch, discriminator } from './branch.ts';
import { compareChild } from './child.ts';
import { isUnionOfConstants } from './type.ts';

interface Union {
  readonly keyword: 'anyOf' | 'oneOf';
  readonly pointer: Pointer;
  readonly branches: readonly Branch[];
}

export function compareUnions(differ: Differ, two: Two, spot: Spot): void {
  const previous = unionsOf(differ, 'previous', two.previous);
  const next = unionsOf(differ, 'next', two.next);
  const rest = [...next];
  for (const from of previous) {
    const twin = rest.findIndex(({ keyword }) => keyword === from.keyword);
    const [to] = rest.splice(twin >= 0 ? twin : 0, 1);
    if (to === undefined) compareLone(differ, two, spot, 'previous', from);
    else compareBoth(differ, two, spot, from, to);
  }
  for (const to of rest) compareLone(differ, two, spot, 'next', to);
}

function unionsOf(differ: Differ, side: Side, view: View): readonly Union[] {
  if (isUnionOfConstants(differ, view)) return [];
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) => {
    const held = view.held.get(keyword);
    if (held === undefined || !isArray(held.value)) return [];
    const branches = held.value.flatMap((schema, index): Branch[] => {
      if (!isSchema(schema)) return [];
      const place = differ.child(side, held.place, [keyword, String(index)], schema);
      return [{ index, place, view: differ.view(side, place), shape: differ.shape(side, place) }];
    });
    return [{ keyword, pointer: held.pointer, branches }];
  });
}

function compareBoth(differ: Differ, two: Two, spot: Spot, previous: Union, next: Union): void {
  const at = { previous: previous.pointer, next: next.pointer };
  const alignment = align(previous.branches, next.branches);
  const sameKeyword = previous.keyword === next.keyword;
  const unmatched = alignment.gone.length + alignment.come.length > 0;
  // splitting and merging alternatives looks like removing and adding them
  const asks = (unmatched && mayRefactor(alignment)) || !sameKeyword;
  const relation = asks ? differ.relate(alone(two.previous, previous), alone(two.next, next)) : 'unknown';
  if (relation === 'equal') {
    if (unmatched) differ.emit('UNION_REFACTORED_EQUIVALENT', two, spot, at, {});
    return;
  }
  if (!sameKeyword && next.keyword === 'oneOf' && relation !== 'wider')
    differ.emit('UNION_BECAME_AMBIGUOUS', two, spot, at, {});
  if (!sameKeyword && next.keyword === 'anyOf' && relation !== 'narrower')
    compareOverlap(differ, two, spot, previous, next);
  const retagged = compareTags(differ, two, spot, previous, next);
  const { matched, gone, come } = retagged ?? alignment;
  for (const [from, to] of retagged === undefined ? matched : []) {
    const places = { previous: from.place, next: to.place };
    const inside = inBranch(spot, two, from.place.pointer, to.place.pointer, nameAmong(next.branches, to));
    compareChild(differ, two, inside, places, branchRules, { branch: nameOf(to) });
  }
  for (const branch of gone) {
    const pointers = { previous: branch.place.pointer, next: next.pointer };
    const covers = unions(previous, next);
    differ.emit('UNION_BRANCH_REMOVED', two, spot, pointers, { branch: nameOf(branch) }, covers, [
      { side: 'previous', pointer: branch.place.pointer, only: 'always' },
    ]);
  }
  for (const branch of come) {
    const pointers = { previous: previous.pointer, next: branch.place.pointer };
    const covers = unions(previous, next);
    differ.emit('UNION_BRANCH_ADDED', two, spot, pointers, { branch: nameOf(branch) }, covers, [
      { side: 'next', pointer: branch.place.pointer, only: 'always' },
    ]);
  }
}

/** What only oneOf minded: where two alternatives met before, an event that shows it was written for both. */
function compareOverlap(differ: Differ, two: Two, spot: Spot, previous: Union, next: Union): void {
  const { resource, pointer } = alone(two.previous, previous);
  const overlap = inspect(resource.document, 'assert').overlap(pointer);
  if (overlap === undefined) return;
  const given = overlap.branches.map(
    (index): Alternative => ({ side: 'previous', pointer: append(previous.pointer, index), only: 'always' }),
  );
  const at = { previous: previous.pointer, next: next.pointer };
  differ.emit('UNION_OVERLAP_ACCEPTED', two, spot, at, { branches: [...overlap.branches] }, undefined, given);
}

function unions(previous: Union, next: Union): readonly Cover[] {
  return [
    { side: 'previous', pointer: previous.pointer },
    { side: 'next', pointer: next.pointer },
  ];
}

const branchRules = { narrowed: 'UNION_BRANCH_NARROWED', widened: 'UNION_BRANCH_WIDENED' } as const;

/** A few alternatives that only come or only go are no refactoring. */
function mayRefactor({ gone, come, matched }: Alignment): boolean {
  return (gone.length > 0 && come.length > 0) || matched.length === 0 || gone.length + come.length < 4;
}

/** The schema the union stands in: alternatives lean on what is declared beside them. */
function alone(view: View, union: Union): SchemaLocation {
  const { schema } = view.place;
  if (isObject(schema) && Object.hasOwn(schema, union.keyword)) return view.place;
  return union.branches[0]?.place ?? view.place;
}

/** Where the tag moved to another property, alternatives are matched by its values and that one edit explains them. */
function compareTags(differ: Differ, two: Two, spot: Spot, previous: Union, next: Union): Alignment | undefined {
  const from = discriminator(previous.branches);
  const to = discriminator(next.branches);
  if (from === undefined || to === undefined || from === to) return undefined;
  if (discriminator([...previous.branches, ...next.branches]) !== undefined) return undefined;
  const at = { previous: previous.pointer, next: next.pointer };
  differ.emit('UNION_DISCRIMINATOR_CHANGED', two, spot, at, { previous: from, next: to });
  return alignRetagged(previous.branches, from, next.branches, to);
}

/**
 * A union that is all one side says, and no union on the other: the plain schema was or becomes one of the alternatives.
 * False where that is not the case; then the keywords are compared one by one.
 */
export function compareToPlain(differ: Differ, two: Two, spot: Spot): boolean {
  const unions = { previous: unionsOf(differ, 'previous', two.previous), next: unionsOf(differ, 'next', two.next) };
  const side: Side = unions.next.length > 0 ? 'next' : 'previous';
  const other: Side = side === 'next' ? 'previous' : 'next';
  const [union] = unions[side];
  if (union === undefined || unions[side].length > 1 || unions[other].length > 0) return false;
  if (!isAlone(two[side], union) || isAny(two[other])) return false;
  if (differ.relate(two.previous.place, two.next.place) === 'equal') {
    differ.emit('UNION_REFACTORED_EQUIVALENT', two, spot, { [side]: union.pointer }, {});
    return true;
  }
  const plain: Branch = {
    index: 0,
    place: two[other].place,
    view: two[other],
    shape: differ.shape(other, two[other].place),
  };
  const { matched, gone, come } = side === 'next' ? align([plain], union.branches) : align(union.branches, [plain]);
  if (matched.length === 0) return false;
  for (const [from, to] of matched)
    differ.compare(
      from.place,
      to.place,
      inBranch(spot, two, from.place.pointer, to.place.pointer, nameAmong(union.branches, side === 'next' ? to : from)),
    );
  const rule = side === 'next' ? 'UNION_BRANCH_ADDED' : 'UNION_BRANCH_REMOVED';
  for (const branch of side === 'next' ? come : gone) {
    const covers = [
      { side, pointer: union.pointer },
      { side: other, pointer: two[other].place.pointer },
    ];
    const given: readonly Alternative[] = [{ side, pointer: branch.place.pointer, only: 'always' }];
    differ.emit(rule, two, spot, { [side]: branch.place.pointer }, { branch: nameOf(branch) }, covers, given);
  }
  return true;
}

/** A union on one side only, beside other constraints: a condition more or less. */
function compareLone(differ: Differ, two: Two, spot: Spot, side: Side, union: Union): void {
  const at = { [side]: union.pointer };
  const equal = differ.relate(two.previous.place, two.next.place) === 'equal';
  const rule = side === 'next' ? 'CONJUNCT_ADDED' : 'CONJUNCT_REMOVED';
  const schemas = union.branches.map(({ place }) => place.schema);
  const params = equal ? {} : conditionParams({ [union.keyword]: schemas });
  differ.emit(equal ? 'UNION_REFACTORED_EQUIVALENT' : rule, two, spot, at, params);
}

function isAlone(view: View, union: Union): boolean {
  if (view.properties.size + view.required.size + view.patterns.size + view.conjuncts.length > 0) return false;
  return [...view.held].every(([keyword, { place }]) => {
    const role = keywordRow(keyword, place.resource.dialect)?.role;
    return keyword === union.keyword || (role !== 'assertion' && role !== 'applicator');
  });
}

/** The same, or its number where others are called so too. */
function nameAmong(branches: readonly Branch[], branch: Branch): Json {
  const name = nameOf(branch);
  return branches.filter((other) => nameOf(other) === name).length === 1 ? name : branch.index;
}

/** What a reader calls the alternative: its tag, title, reference, type, or number. */
function nameOf({ view, place, index }: Branch): Json {
  for (const [name, property] of view.properties) {
    const tag = isObject(property.schema) ? member(property.schema, 'const') : undefined;
    if (tag !== undefined && view.required.has(name)) return `${name}: ${String(tag)}`;
  }
  const title = view.held.get('title')?.value;
  if (typeof title === 'string') return title;
  const reference = isObject(place.schema) ? member(place.schema, '$ref') : undefined;
  if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1);
  const type = view.held.get('type')?.value;
  return typeof type === 'string' ? type : index;
}
