/** Which places of an event a schema says something about, as far as that can be told from the schema. */
import type { SchemaLocation } from '../../schema/reference.ts';
import { type Child, type Part, partsOf, type Said, type Stands } from './part.ts';
import { anyName, isNothing, type Path, type Reads, readsAt, readsAtEvery } from './reads.ts';
import { keyOf, type Source } from './source.ts';

export interface Mention {
  readonly place: Path;
  readonly how: Said['how'];
  /** The members that the last `*` stands for; absent: any. */
  readonly stands?: Stands;
  /** The schema that says it: two that speak of one value may contradict each other. */
  readonly by: string;
}

/** Beyond it a schema is taken whole: what it ties together would take too long to tell. */
export const maxMentions = 20_000;
const maxDepth = 24;

export class TooManyMentions extends Error {}

/** Counts what has been gathered for one document. */
export interface Tally {
  left: number;
}

export interface Gathering {
  readonly source: Source;
  readonly tally: Tally;
}

/** What `part`, of a schema at `place`, mentions. `by`: the schema of that place. */
export function mentionsOf(
  gathering: Gathering,
  part: Part,
  place: Path,
  by: string,
  around: readonly string[] = [],
): readonly Mention[] {
  const inPlace = (locations: readonly SchemaLocation[]) =>
    locations.flatMap((location) => mentionsOfSchema(gathering, location, place, by, around));
  switch (part.kind) {
    case 'own':
      return counted(gathering, said(part.says, place, by));
    case 'in place':
      return inPlace([part.location]);
    case 'choice':
      return inPlace(part.branches);
    case 'condition':
      return inPlace([part.when, ...part.branches]);
    case 'tied':
      return counted(gathering, [...said(part.says, place, by), ...inPlace(part.schemas)]);
    case 'unevaluated':
      return counted(gathering, [{ place: [...place, anyName], how: 'whole', stands: part.stands, by }]);
    case 'child':
      return ofChild(gathering, part, place, around);
  }
}

function ofChild(
  gathering: Gathering,
  { location, member, stands }: Child,
  place: Path,
  around: readonly string[],
): readonly Mention[] {
  const { source } = gathering;
  const at = [...place, member];
  const by = keyOf(source, location);
  // what no value fits says that there is none
  const how = source.isPossible([source.refTo(location)]) === true ? 'value' : 'presence';
  const own: Mention = { place: at, how, ...(stands && { stands }), by };
  return counted(gathering, [own, ...mentionsOfSchema(gathering, location, at, by, around)]);
}

export function mentionsOfSchema(
  gathering: Gathering,
  location: SchemaLocation,
  place: Path,
  by: string,
  around: readonly string[] = [],
): readonly Mention[] {
  const key = keyOf(gathering.source, location);
  if (around.includes(key) || place.length > maxDepth) return counted(gathering, [{ place, how: 'whole', by }]);
  return partsOf(gathering.source, location).flatMap((part) =>
    mentionsOf(gathering, part, place, by, [...around, key]),
  );
}

function said(says: readonly Said[], place: Path, by: string): readonly Mention[] {
  return says.map(({ how, below }) => ({ place: below === undefined ? place : [...place, below], how, by }));
}

function counted({ tally }: Gathering, mentions: readonly Mention[]): readonly Mention[] {
  tally.left -= mentions.length;
  if (tally.left < 0) throw new TooManyMentions();
  return mentions;
}

/** Whether a reader looks at the place, or at something that is there or not there with it. */
export function isRead({ place, stands }: Mention, reads: Reads): boolean {
  if (stands === undefined || place.at(-1) !== anyName) return !isNothing(readsAt(reads, place));
  const around = readsAt(reads, place.slice(0, -1));
  return around.whole || around.any !== undefined || [...around.named.keys()].some(stands);
}

/** Whether what `mention` is about is read already, all of it. */
export function isCovered({ place, how }: Mention, reads: Reads): boolean {
  const at = readsAtEvery(reads, place);
  return how === 'whole' ? at.whole : !isNothing(at);
}

/**
 * Those of `mentions` about which `others` speak too, so that one cannot be satisfied without regard to the other. That a member is
 * there does not touch on what it is, as long as one schema alone says what it is, and some value fits that.
 */
export function disputed(mentions: readonly Mention[], others: readonly Mention[]): readonly Mention[] {
  return mentions.filter((mention) => {
    const met = others.filter((other) => meet(mention, other));
    if (met.some((other) => isContrary(mention, other))) return true;
    const speakers = new Set(met.filter(({ how }) => how !== 'presence').map(({ by }) => by));
    return speakers.size > (mention.how === 'presence' ? 1 : 0) && mention.how === 'presence';
  });
}

function isContrary(one: Mention, other: Mention): boolean {
  if (one.how === 'presence' && other.how === 'presence') return one.place.length === other.place.length;
  const values = one.how !== 'presence' && other.how !== 'presence';
  if (values) return true;
  const [presence, value] = one.how === 'presence' ? [one, other] : [other, one];
  return value.how === 'whole' && value.place.length < presence.place.length;
}

/** Whether both can be about one place: equal, or below what one of them speaks of whole. */
function meet(one: Mention, other: Mention): boolean {
  const length = Math.min(one.place.length, other.place.length);
  if (one.place.length > length && other.how !== 'whole') return false;
  if (other.place.length > length && one.how !== 'whole') return false;
  for (let at = 0; at < length; at++) {
    const [mine, theirs] = [one.place[at]!, other.place[at]!];
    if (mine === theirs) continue;
    if (mine !== anyName && theirs !== anyName) return false;
    const [name, star] = mine === anyName ? [theirs, one] : [mine, other];
    if (at === star.place.length - 1 && star.stands?.(name) === false) return false;
  }
  return true;
}
