/** The structural differ: aligns two documents and lists every edit that could matter, named and placed. It does not say what breaks. */

import type { SchemaDocument } from '../../schema/document.ts';
import { isObject, member } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { type References, references, type SchemaLocation } from '../../schema/reference.ts';
import type { Side } from '../decide/decide.ts';
import { unchangedWithReferences } from '../graph/unchanged.ts';
import type { Alternative, At, Change, Cover, Differ, Spot, Two } from './change.ts';
import { compareArrays } from './diff/array.ts';
import { compareConditions, compareConjuncts, compareNot } from './diff/logic.ts';
import { compareNotes, type NoteOptions } from './diff/note.ts';
import { compareNumbers } from './diff/number.ts';
import { compareObjects } from './diff/object.ts';
import { compareReferences } from './diff/reference.ts';
import { compareStrings } from './diff/string.ts';
import { compareTypes } from './diff/type.ts';
import { compareToPlain, compareUnions } from './diff/union.ts';
import type { RuleId } from './ids.ts';
import type { Params } from './row.ts';
import { same } from './same.ts';
import { shapes } from './shape.ts';
import { type View, viewOf } from './view.ts';

export interface DiffOptions extends NoteOptions {
  readonly ignore: readonly Pointer[];
  readonly relate: Differ['relate'];
  readonly relatePatterns: Differ['relatePatterns'];
  /** Edits to list at most; the rest is left to attribution, which reports what no edit explains. */
  readonly limit: number;
}

/** A pair of schemas already compared, and which edits that gave. */
interface Visit {
  readonly instance: string;
  from: number;
  to: number | undefined;
}

const maxDepth = 256;
const maxUses = 20;
/** Pairs compared inside one another before the next one waits. */
const maxNested = 48;

export function diff(previous: SchemaDocument, next: SchemaDocument, options: DiffOptions): readonly Change[] {
  const changes: Change[] = [];
  const waiting: (() => void)[] = [];
  let nested = 0;
  const refs = { previous: references(previous), next: references(next) };
  const visits = new Map<string, Visit>();
  const views = new Map<string, View>();
  const shape = shapes();
  const ignored = new Set(options.ignore);
  const isUnchanged = unchangedWithReferences(refs.previous, refs.next);
  const spot: Spot = { instance: '', depth: 0, around: [], given: [], anchor: { previous: '', next: '' } };

  const differ: Differ = {
    emit,
    compare,
    view,
    child: (side, from, path, schema) => refs[side].descend(from, path, schema),
    shape: (side, place) => shape.of(refs[side], place),
    relate: options.relate,
    relatePatterns: options.relatePatterns,
    isIgnored: (side, place) => isIgnored(refs[side], place, ignored),
  };

  function view(side: Side, place: SchemaLocation): View {
    const key = `${side} ${keyOf(place)}`;
    const made = views.get(key) ?? viewOf(refs[side], place);
    views.set(key, made);
    return made;
  }

  function emit(
    rule: RuleId,
    two: Two,
    at: Spot,
    { previous: left, next: right }: At,
    params: Params,
    more?: readonly Cover[],
    given?: readonly Alternative[],
  ) {
    if (changes.length >= options.limit) return;
    const covers: Cover[] = [...(more ?? [])];
    if (more === undefined && left !== undefined) covers.push({ side: 'previous', pointer: left });
    if (more === undefined && right !== undefined) covers.push({ side: 'next', pointer: right });
    const shown = (side: Side, pointer: Pointer | undefined) =>
      isOwn(side, two[side].place) ? (pointer ?? two[side].place.pointer) : at.anchor[side];
    changes.push({
      rule,
      previous: shown('previous', left),
      next: shown('next', right),
      within: { previous: two.previous.place.pointer, next: two.next.place.pointer },
      instance: at.instance,
      params,
      covers,
      given: given ?? at.given,
      ...(at.alternative === undefined ? {} : { alternative: at.alternative }),
      uses: [],
    });
  }

  function isOwn(side: Side, place: SchemaLocation): boolean {
    return place.resource.document === refs[side].root.resource.document;
  }

  /** What is the same in the same words has no edits, and need not be read. */
  function isSame(left: SchemaLocation, right: SchemaLocation): boolean {
    const isHere = left.resource === refs.previous.root.resource && right.resource === refs.next.root.resource;
    return isHere && isUnchanged?.(left.schema, right.schema) === true;
  }

  function compare(left: SchemaLocation, right: SchemaLocation, from: Spot): void {
    if (isSame(left, right)) return;
    const anchor = {
      previous: isOwn('previous', left) ? left.pointer : from.anchor.previous,
      next: isOwn('next', right) ? right.pointer : from.anchor.next,
    };
    const at = { ...from, anchor };
    if (at.depth > maxDepth || changes.length >= options.limit) return;
    const two = { previous: view('previous', left), next: view('next', right) };
    // a definition is one place, however many references lead to it
    const key = `${keyOf(two.previous.place)} ${keyOf(two.next.place)}`;
    const visited = visits.get(key);
    if (visited !== undefined) {
      reuse(visited, at);
      return;
    }
    const visit: Visit = { instance: at.instance, from: changes.length, to: undefined };
    visits.set(key, visit);
    if (nested >= maxNested) waiting.push(() => compareNew(visit, left, right, two, at));
    else compareNew(visit, left, right, two, at);
  }

  function compareNew(visit: Visit, left: SchemaLocation, right: SchemaLocation, two: Two, at: Spot): void {
    nested++;
    visit.from = changes.length;
    if (differ.isIgnored('previous', left) || differ.isIgnored('next', right)) compareIgnored(left, right, two, at);
    else compareViews(differ, two, at, options);
    visit.to = changes.length;
    nested--;
  }

  function compareIgnored(left: SchemaLocation, right: SchemaLocation, two: Two, at: Spot): void {
    if (same(left.schema, right.schema)) return;
    emit('VERSION_MARKER_CHANGED', two, at, { previous: left.pointer, next: right.pointer }, {}, []);
  }

  function reuse(visited: Visit, at: Spot): void {
    if (visited.to === undefined || at.instance === visited.instance) return;
    for (const change of changes.slice(visited.from, visited.to)) {
      if (change.uses.length >= maxUses) continue;
      const use = at.instance + change.instance.slice(visited.instance.length);
      if (use !== change.instance && !change.uses.includes(use)) change.uses.push(use);
    }
  }

  compare(refs.previous.root, refs.next.root, spot);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) next();
  return changes;
}

function compareViews(differ: Differ, two: Two, spot: Spot, options: NoteOptions): void {
  compareNotes(differ, two, spot, options);
  if (!compareReferences(differ, two, spot) || compareToPlain(differ, two, spot)) return;
  const common = compareTypes(differ, two, spot);
  if (common === undefined) return;
  if (common.has('integer') || common.has('fraction')) compareNumbers(differ, two, spot);
  if (common.has('string')) compareStrings(differ, two, spot);
  if (common.has('array')) compareArrays(differ, two, spot);
  if (common.has('object')) compareObjects(differ, two, spot);
  compareUnions(differ, two, spot);
  compareNot(differ, two, spot);
  compareConditions(differ, two, spot);
  compareConjuncts(differ, two, spot);
}

const documents = new WeakMap<SchemaDocument, number>();
let numbered = 0;

/** Documents are distinguished by a number of their own: pointers repeat across a bundle. */
function keyOf(place: SchemaLocation): string {
  const { document } = place.resource;
  const number = documents.get(document) ?? numbered++;
  documents.set(document, number);
  return `${number}${place.pointer}`;
}

function isIgnored(refs: References, place: SchemaLocation, ignored: ReadonlySet<Pointer>): boolean {
  if (isObject(place.schema) && member(place.schema, 'x-compat') === 'ignore') return true;
  return ignored.size > 0 && place.resource.document === refs.root.resource.document && ignored.has(place.pointer);
}
