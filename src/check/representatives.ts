/**
 * Of a long history, the versions that answer for all the others: what is compatible with these is compatible with every version. A
 * history grows by one version at a time, and what is known of it grows with it.
 */
import { enforcedDirections } from '../compat/compare.ts';
import { type Cover, type Covering, coverOf } from '../compat/cover/cover.ts';
import { isReworded } from '../compat/cover/reworded.ts';
import { type Direction, directions, type FormatPolicy, type Level, type World, worlds } from '../compat/report.ts';
import { isObject, member } from '../schema/json.ts';
import { locations } from '../schema/locations.ts';
import type { PastVersion } from './input.ts';
import type { MergedDirection } from './report.ts';

/** The versions that answer one question, newest first, so that no older version is left out above `missing`. */
interface Answering {
  readonly numbers: readonly number[];
  /** The newest version that would have to be asked too and is not kept; absent where these are all. */
  readonly missing?: number;
}

export type Representatives = Readonly<Record<Covering, Answering>>;

/** What of a version is looked at. */
type Considered = Pick<PastVersion, 'number' | 'document' | 'definition'>;

const questions: readonly Covering[] = ['closedBackward', 'openBackward', 'forward'];
/** A history of which more versions must be asked is compared version by version. */
const maxEnforced = 8;
/** Of a question that the level does not enforce it is enough to know the newest version that it breaks. */
const maxBeside = 2;

export interface Enforced {
  readonly level: Level;
  readonly world: World;
  readonly formats: FormatPolicy;
}

/**
 * `versions` holds, oldest first, those that `known` names and all that came after it. Undefined where it cannot be known: where a
 * version is no JSON Schema, refers to something outside itself, or has places that comparisons ignore.
 */
export function representativesOf(
  versions: readonly Considered[],
  enforced: Enforced,
  known?: { readonly upTo: number; readonly representatives: Representatives },
): Representatives | undefined {
  if (!versions.every(isSelfContained)) return undefined;
  const byNumber = new Map(versions.map((version) => [version.number, version]));
  const added = versions.filter(({ number }) => number > (known?.upTo ?? 0));
  return added.reduce<Representatives>(
    (before, version) => grown(before, version, byNumber, enforced),
    known?.representatives ?? { closedBackward: none, openBackward: none, forward: none },
  );
}

const none: Answering = { numbers: [] };

function isSelfContained({ document, definition }: Considered): boolean {
  if (definition !== undefined || document.bundle.size > 0) return false;
  return !locations(document).some(({ schema }) => isObject(schema) && member(schema, 'x-compat') !== undefined);
}

function grown(
  before: Representatives,
  version: Considered,
  byNumber: ReadonlyMap<number, Considered>,
  { level, world, formats }: Enforced,
): Representatives {
  const latest = byNumber.get(before.forward.numbers[0] ?? 0);
  if (latest && isReworded(latest.document, version.document)) return inPlaceOf(latest.number, version.number, before);
  const covers = new Map<number, Cover>();
  const coverFor = (number: number): Cover => {
    const older = byNumber.get(number);
    if (older === undefined) throw new Error(`version ${number} answers for others and is not among those given`);
    const cover = covers.get(number) ?? coverOf(older.document, version.document, formats);
    covers.set(number, cover);
    return cover;
  };
  const next = (question: Covering): Answering => {
    const { numbers, missing } = before[question];
    const left = [version.number, ...numbers.filter((number) => !coverFor(number)(question))];
    const kept = isEnforced(question, level, world) ? maxEnforced : maxBeside;
    const dropped = left[kept] ?? missing;
    return { numbers: left.slice(0, kept), ...(dropped !== undefined && { missing: dropped }) };
  };
  return { closedBackward: next('closedBackward'), openBackward: next('openBackward'), forward: next('forward') };
}

/** What the newest of them answers, the next one answers in its place. */
function inPlaceOf(latest: number, next: number, before: Representatives): Representatives {
  const renamed = ({ numbers, ...rest }: Answering): Answering => ({
    numbers: numbers.map((number) => (number === latest ? next : number)),
    ...rest,
  });
  const { closedBackward, openBackward, forward } = before;
  return {
    closedBackward: renamed(closedBackward),
    openBackward: renamed(openBackward),
    forward: renamed(forward),
  };
}

/** The versions to compare with. Undefined where too many would have to be asked. */
export function asked(representatives: Representatives, { level, world }: Enforced): readonly number[] | undefined {
  const isWhole = questions.every(
    (question) => representatives[question].missing === undefined || !isEnforced(question, level, world),
  );
  return isWhole ? [...new Set(questions.flatMap((question) => representatives[question].numbers))] : undefined;
}

function isEnforced(question: Covering, level: Level, world: World): boolean {
  return enforcedDirections(level).some((direction) => questionOf(world, direction) === question);
}

/** As a report has them. */
type Answers = Readonly<Record<World, Readonly<Record<Direction, Pick<MergedDirection, 'verdict' | 'against'>>>>>;

/**
 * Whether what was found with those that were `asked` is what would be found with every version: nothing is undecided, nothing
 * that the level enforces is broken, and of the rest the newest version that breaks it is known.
 */
export function settles(
  representatives: Representatives,
  { level, world }: Pick<Enforced, 'level' | 'world'>,
  found: Answers,
): boolean {
  const enforced = enforcedDirections(level);
  return worlds.every((one) =>
    directions.every((direction) => {
      const { verdict, against = 0 } = found[one][direction];
      const { missing } = representatives[questionOf(one, direction)];
      if (verdict === 'compatible') return missing === undefined;
      if (one === world && enforced.includes(direction)) return false;
      return verdict === 'incompatible' && against > (missing ?? 0);
    }),
  );
}

function questionOf(world: World, direction: Direction): Covering {
  if (direction === 'forward') return 'forward';
  return world === 'closed' ? 'closedBackward' : 'openBackward';
}
