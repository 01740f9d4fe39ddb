/**
 * What a reader looks at, as a tree of names in which `*` is any item and any name. A place is read where the tree leads to it;
 * what lies at and below the end of a pointer is read whole.
 */
import { type Pointer, segments } from '../../schema/pointer.ts';

export interface Reads {
  /** Everything here and below. */
  readonly whole: boolean;
  /** That there is something here, and of what kind. */
  readonly here: boolean;
  readonly named: ReadonlyMap<string, Reads>;
  /** Of every item, and of every name. */
  readonly any?: Reads;
}

/** Where in an event: names, indexes, and `*` for any of them. */
export type Path = readonly string[];

export const anyName = '*';
export const readsNothing: Reads = { whole: false, here: false, named: new Map() };
export const readsAll: Reads = { whole: true, here: true, named: new Map() };
const readsHere: Reads = { ...readsNothing, here: true };

export function readsOf(pointers: readonly Pointer[]): Reads {
  return pointers.map(segments).reduce<Reads>((reads, place) => withPlace(reads, place, readsAll), readsNothing);
}

/** With the value at `place`, or with everything at and below it. */
export function withRead(reads: Reads, place: Path, how: 'value' | 'whole'): Reads {
  return withPlace(reads, place, how === 'whole' ? readsAll : readsHere);
}

function withPlace(reads: Reads, place: Path, what: Reads): Reads {
  const [first, ...rest] = place;
  if (reads.whole) return reads;
  if (first === undefined) return joined(reads, what);
  if (first === anyName) return { ...reads, here: true, any: withPlace(reads.any ?? readsNothing, rest, what) };
  const below = withPlace(reads.named.get(first) ?? readsNothing, rest, what);
  return { ...reads, here: true, named: new Map([...reads.named, [first, below]]) };
}

export function isNothing({ whole, here }: Reads): boolean {
  return !whole && !here;
}

/** What is read of the member `name`, or of any member. */
export function readsBelow(reads: Reads, name: string): Reads {
  if (reads.whole) return readsAll;
  if (name === anyName) return [...reads.named.values()].reduce(joined, reads.any ?? readsNothing);
  return joined(reads.named.get(name) ?? readsNothing, reads.any ?? readsNothing);
}

/** What is read of each item from `from` on: one schema is said of them all. */
export function readsOfItems(reads: Reads, from: number): Reads {
  if (reads.whole) return readsAll;
  const indexes = [...reads.named].filter(([name]) => isIndex(name) && Number(name) >= from);
  return indexes.map(([, below]) => below).reduce(joined, reads.any ?? readsNothing);
}

export function readsAnyItem(reads: Reads): boolean {
  return reads.whole || reads.any !== undefined || [...reads.named.keys()].some(isIndex);
}

export function isIndex(name: string): boolean {
  return /^(0|[1-9]\d*)$/.test(name);
}

export function joined(one: Reads, other: Reads): Reads {
  if (one.whole || other.whole) return readsAll;
  const named = new Map(one.named);
  for (const [name, below] of other.named) named.set(name, joined(named.get(name) ?? readsNothing, below));
  const any = one.any && other.any ? joined(one.any, other.any) : (one.any ?? other.any);
  return { whole: false, here: one.here || other.here, named, ...(any && { any }) };
}

/** What is read at and below `place`, whichever members its stars stand for. */
export function readsAt(reads: Reads, place: Path): Reads {
  return place.reduce(readsBelow, reads);
}

/** What is read at `place` of every member its stars stand for: one that is read by its name does not make all of them read. */
export function readsAtEvery(reads: Reads, place: Path): Reads {
  return place.reduce((at, name) => {
    if (at.whole) return readsAll;
    return name === anyName ? (at.any ?? readsNothing) : readsBelow(at, name);
  }, reads);
}
