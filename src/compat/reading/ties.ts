/**
 * What a reader has to be taken to read beside what it says, so that the rest may be left out. Leaving something out is right where
 * the rest of the event can always be filled in so that all of it is accepted: where places are tied to each other by a choice, a
 * condition or a count, they are read together or not at all.
 */
import type { SchemaLocation } from '../../schema/reference.ts';
import { disputed, type Gathering, isCovered, isRead, type Mention, mentionsOf, mentionsOfSchema } from './mention.ts';
import { type Child, type Part, partsOf, type Unevaluated } from './part.ts';
import { anyName, isNothing, type Path, type Reads, readsAtEvery, withRead } from './reads.ts';
import { keyOf } from './source.ts';

/** A place that is taken as read, and the keyword that ties it to what is. */
export interface Tie {
  readonly place: Path;
  readonly keyword: string;
}

export interface Tied {
  readonly reads: Reads;
  readonly ties: readonly Tie[];
}

interface Work {
  readonly gathering: Gathering;
  reads: Reads;
  readonly ties: Tie[];
}

/** A schema of one place, beside the others that have to hold with it. */
interface Site {
  readonly location: SchemaLocation;
  readonly place: Path;
  readonly by: string;
  readonly others: () => readonly Mention[];
  /** Whether the kind of the value is settled: then nothing else can say something of it. */
  readonly settled: boolean;
}

/** Throws TooManyMentions where that would take too long to tell. */
export function tied(gathering: Gathering, reads: Reads): Tied {
  const work: Work = { gathering, reads, ties: [] };
  const { root } = gathering.source.refs;
  const site: Site = { location: root, place: [], by: '', others: () => [], settled: false };
  let known: number;
  do {
    known = work.ties.length;
    visit(work, site, []);
  } while (work.ties.length > known);
  return { reads: work.reads, ties: work.ties };
}

function visit(work: Work, site: Site, around: readonly string[]): void {
  const here = readsAtEvery(work.reads, site.place);
  const key = `${keyOf(work.gathering.source, site.location)} ${site.place.join('/')}`;
  if (isNothing(here) || here.whole || around.includes(key)) return;
  const parts = partsOf(work.gathering.source, site.location);
  const settled = site.settled || isSettled(site.location);
  const gathered = new Map<Part, readonly Mention[]>();
  const of = (part: Part) => {
    const known = gathered.get(part) ?? mentionsOf(work.gathering, part, site.place, site.by);
    gathered.set(part, known);
    return known;
  };
  for (const part of parts) {
    const others = () => [...site.others(), ...parts.filter((other) => other !== part).flatMap(of)];
    const inner = { ...site, settled, others };
    visitPart(work, part, inner, () => of(part), [...around, key]);
  }
}

function visitPart(
  work: Work,
  part: Part,
  site: Site,
  mentions: () => readonly Mention[],
  around: readonly string[],
): void {
  switch (part.kind) {
    case 'own':
      return;
    case 'in place':
      visit(work, { ...site, location: part.location }, around);
      return;
    case 'child':
      visitChild(work, part, site, around);
      return;
    case 'choice':
    case 'condition':
      if (touches(mentions(), site, work.reads, part.kind === 'choice' ? part.branches : []))
        visitBranches(work, part, site, around);
      return;
    case 'tied':
      if (touches(mentions(), site, work.reads)) add(work, part.keyword, mentions());
      return;
    case 'unevaluated':
      if (isRead(ofUnevaluated(site.place, part), work.reads))
        add(work, part.keyword, [{ place: site.place, how: 'whole', by: site.by }]);
  }
}

function visitChild(work: Work, part: Child, site: Site, around: readonly string[]): void {
  const { location } = part;
  const by = keyOf(work.gathering.source, location);
  for (const member of membersRead(part, readsAtEvery(work.reads, site.place)))
    visit(work, { ...site, location, place: [...site.place, member], by, settled: false }, around);
}

/** What decides between branches is read whole; of each branch, what others outside of it speak of too. */
function visitBranches(
  work: Work,
  part: Extract<Part, { kind: 'choice' | 'condition' }>,
  site: Site,
  around: readonly string[],
): void {
  const of = (location: SchemaLocation) => mentionsOfSchema(work.gathering, location, site.place, site.by);
  if (part.kind === 'condition') add(work, part.keyword, of(part.when));
  add(work, part.keyword, disputed(part.branches.flatMap(of), site.others()));
  for (const location of part.branches) visit(work, { ...site, location }, around);
}

/** Each by its name, since they need not be read alike. */
function membersRead({ member, stands }: Child, reads: Reads): readonly string[] {
  if (member !== anyName) return [member];
  const named = [...reads.named.keys()].filter((name) => stands?.(name) !== false);
  return reads.any ? [...named, anyName] : named;
}

function ofUnevaluated(place: Path, { stands }: Unevaluated): Mention {
  return { place: [...place, anyName], how: 'presence', stands, by: '' };
}

/** Whether something depends on `part` that is read of the value whose schema has it. */
export function isTouched(gathering: Gathering, part: Part, reads: Reads, settled: boolean): boolean {
  return touches(mentionsOf(gathering, part, [], ''), { place: [], settled }, reads);
}

function touches(
  mentions: readonly Mention[],
  { place, settled }: Pick<Site, 'place' | 'settled'>,
  reads: Reads,
  branches: readonly SchemaLocation[] = [],
): boolean {
  const kindCounts = !settled && !areOfOneType(branches);
  return mentions.some(
    (mention) =>
      (kindCounts || mention.how !== 'value' || mention.place.length > place.length) && isRead(mention, reads),
  );
}

/** One type that is stated settles what kind of value there is. */
export function isSettled({ schema }: SchemaLocation): boolean {
  return typeOf(schema) !== undefined;
}

function typeOf(schema: SchemaLocation['schema']): string | undefined {
  const type = typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : undefined;
  return typeof type === 'string' ? type : undefined;
}

/** A choice of objects says of an event that it is one; what is kept of its branches says so too. */
function areOfOneType(branches: readonly SchemaLocation[]): boolean {
  const types = new Set(branches.map(({ schema }) => typeOf(schema)));
  return types.size === 1 && !types.has(undefined);
}

function add(work: Work, keyword: string, mentions: readonly Mention[]): void {
  for (const mention of mentions) {
    if (isCovered(mention, work.reads)) continue;
    work.reads = withRead(work.reads, mention.place, mention.how === 'whole' ? 'whole' : 'value');
    work.ties.push({ place: mention.place, keyword });
  }
}
