/** Which definition of a baseline each definition of the workspace goes on with, and which of the baseline are gone. */
import { canonicalize } from '../../schema/canonical.ts';
import { isObject, type Json, member } from '../../schema/json.ts';
import { parseSubject } from '../../schema/subject.ts';
import { type Collection, type Located, readableValue } from '../source/collection.ts';

export interface Placement {
  readonly collection: Collection;
  readonly definition: Located;
}

/** In the baseline, and no longer in the workspace under that name; `now` is what it became, where that is known. */
export interface Gone extends Placement {
  readonly now?: Placement;
}

export interface Pairing {
  readonly previous: ReadonlyMap<Located, Placement>;
  readonly gone: readonly Gone[];
}

export function pair(collections: readonly Collection[], before: readonly Collection[]): Pairing {
  const previous = new Map<Located, Placement>();
  const old = new Map(placements(before).map((placement) => [nameOf(placement), placement]));
  const added: Placement[] = [];
  for (const placement of placements(collections)) {
    const same = old.get(nameOf(placement));
    if (same) previous.set(placement.definition, same);
    else added.push(placement);
    old.delete(nameOf(placement));
  }
  const unread = new Set(collections.flatMap(({ unreadable }) => unreadable.map(({ subject }) => subject)));
  const missing = [...old.values()].filter(({ definition }) => !unread.has(definition.subject));
  const became = renamings(missing, added);
  for (const [from, to] of became) previous.set(to.definition, from);
  const gone = missing
    .map((placement): Gone => ({ ...placement, ...(became.has(placement) && { now: became.get(placement)! }) }))
    .filter(
      ({ collection, definition, now }) => !(isAdoption(collection) && now?.definition.subject === definition.subject),
    );
  return { previous, gone };
}

/** Files that lay under no catalog get one: nobody knew them by a catalog's name. */
function isAdoption({ folder }: Collection): boolean {
  return folder === undefined;
}

function placements(collections: readonly Collection[]): Placement[] {
  return collections.flatMap((collection) => collection.definitions.map((definition) => ({ collection, definition })));
}

function nameOf({ collection, definition }: Placement): string {
  return `${collection.catalog.name}/${definition.subject}`;
}

/** By subject (in another catalog), then by content, then by title: where exactly one is gone and one is new that agree. */
function renamings(missing: readonly Placement[], added: readonly Placement[]): ReadonlyMap<Placement, Placement> {
  const became = new Map<Placement, Placement>();
  const taken = new Set<Placement>();
  for (const trait of [subjectOf, contentOf, titleOf]) {
    const from = only(
      missing.filter((placement) => !became.has(placement)),
      trait,
    );
    const to = only(
      added.filter((placement) => !taken.has(placement)),
      trait,
    );
    for (const [key, old] of from) {
      const now = to.get(key);
      if (!now || isNextLine(old, now)) continue;
      became.set(old, now);
      taken.add(now);
    }
  }
  return became;
}

/** What no two of them share, by that trait. */
function only(
  placements: readonly Placement[],
  trait: (placement: Placement) => string | undefined,
): ReadonlyMap<string, Placement> {
  const found = new Map<string, Placement | undefined>();
  for (const placement of placements) {
    const key = trait(placement);
    if (key !== undefined) found.set(key, found.has(key) ? undefined : placement);
  }
  return new Map([...found].flatMap(([key, placement]) => (placement ? [[key, placement] as const] : [])));
}

function subjectOf({ definition }: Placement): string {
  return definition.subject;
}

function titleOf({ definition }: Placement): string | undefined {
  const value = readableValue(definition);
  const title = isObject(value) ? member(value, 'title') : undefined;
  return typeof title === 'string' ? title : undefined;
}

const besideTheShape = new Set(['title', 'description', '$id', 'x-contract']);

/** What the schema accepts, as written. A document without fields says too little to be recognised by. */
function contentOf({ definition }: Placement): string | undefined {
  const value = readableValue(definition);
  if (!isObject(value) || !Object.hasOwn(value, 'properties')) return undefined;
  const shape: Json = Object.fromEntries(Object.entries(value).filter(([name]) => !besideTheShape.has(name)));
  return canonicalize(shape);
}

/** `order.placed.v2` is no new name of `order.placed.v1`: it is its successor. */
function isNextLine(old: Placement, now: Placement): boolean {
  const [was, is] = [parseSubject(old.definition.subject), parseSubject(now.definition.subject)];
  return was !== undefined && is !== undefined && was.type === is.type && was.major !== is.major;
}
