/**
 * Who breaks: the verdict of two documents for one reader. What it reads of the reader's document is asked in place of all of it; a
 * schema of its own is asked as it is. A writer is asked whole: it does not know who reads what.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import type { Confirm } from '../confirm/confirmation.ts';
import { type Pair, prepare } from '../decide/decide.ts';
import { ignoredPlaces, withoutIgnored } from '../decide/ignored.ts';
import {
  type Direction,
  type DirectionReport,
  defaultBudget,
  type FormatPolicy,
  type Witness,
  type World,
  type WorldReport,
} from '../report.ts';
import { type Projection, project } from './project.ts';
import { type Reads, readsOf } from './reads.ts';
import { firstRejection, rejectedPlace } from './samples.ts';
import type { Tie } from './ties.ts';

/** What a reader says of itself. Nothing: it reads everything. */
export interface Reading {
  /** Pointers into the event, `*` for any item and any name. */
  readonly reads?: readonly Pointer[];
  /** What it demands of every event, in place of what the event's schema says. */
  readonly requires?: SchemaDocument;
}

export interface ReaderOptions {
  readonly formats: FormatPolicy;
  readonly ignore?: readonly Pointer[];
  readonly budget?: number;
  readonly confirm?: Confirm;
  /** Whether the pointers are asked one by one where the reading breaks; default true. */
  readonly byField?: boolean;
  /** The verdicts on all of the schema: where those find no break, a reader of a part has none. */
  readonly whole: Readonly<Record<World, WorldReport>>;
}

export interface ReaderVerdicts {
  readonly worlds: Readonly<Record<World, WorldReport>>;
  /** By direction: the pointers at which it breaks, each for itself. Empty where only several together show it. */
  readonly fields: Readonly<Record<Direction, readonly Pointer[]>>;
  /** Places taken as read since what is read is tied to them; and why all is, where it is. */
  readonly ties: readonly Tie[];
  readonly whole?: Projection['whole'];
  /** An event of the previous writer that the reader's own schema rejects already. */
  readonly already?: Witness;
}

export function compareReader(
  previous: SchemaDocument,
  next: SchemaDocument,
  reading: Reading,
  options: ReaderOptions,
): ReaderVerdicts {
  const ignored = ignoredPlaces([previous, next], options.ignore ?? []);
  const sides = { previous: withoutIgnored(previous, ignored), next: withoutIgnored(next, ignored) };
  if (reading.requires) return compareDemand(sides, reading.requires, options);
  const { reads } = reading;
  if (reads === undefined) return { worlds: options.whole, fields: { backward: [], forward: [] }, ties: [] };
  return compareReads(sides, reads, options);
}

interface Sides {
  readonly previous: SchemaDocument;
  readonly next: SchemaDocument;
}

/** Each direction has its own reader: running consumers have the previous document, those that read stored events the next one. */
function compareReads(sides: Sides, pointers: readonly Pointer[], options: ReaderOptions): ReaderVerdicts {
  const asked = questions(sides, readsOf(pointers), options);
  const found = {
    closed: { backward: asked.answer('backward', 'closed'), forward: asked.answer('forward', 'closed') },
    open: { backward: asked.answer('backward', 'open'), forward: asked.answer('forward', 'open') },
  };
  const fields = (direction: Direction) =>
    options.byField === false || found.open[direction].verdict === 'compatible'
      ? []
      : fieldsOf(sides, pointers, direction, options);
  const { ties, whole } = asked.kept();
  return {
    worlds: found,
    fields: { backward: fields('backward'), forward: fields('forward') },
    ties,
    ...(whole && { whole }),
  };
}

/** Pointers asked about one by one; of further ones the whole reading speaks. */
const maxFields = 40;

function fieldsOf(
  sides: Sides,
  pointers: readonly Pointer[],
  direction: Direction,
  options: ReaderOptions,
): readonly Pointer[] {
  const breaks = (pointer: Pointer, world: World) =>
    questions(sides, readsOf([pointer]), options).answer(direction, world).verdict === 'incompatible';
  const asked = pointers.slice(0, maxFields);
  const closed = asked.filter((pointer) => breaks(pointer, 'closed'));
  return closed.length > 0 ? closed : asked.filter((pointer) => breaks(pointer, 'open'));
}

interface Questions {
  answer(direction: Direction, world: World): DirectionReport;
  /** Of the projections that were needed. */
  kept(): Pick<Projection, 'ties' | 'whole'>;
}

function questions(sides: Sides, reads: Reads, options: ReaderOptions): Questions {
  const projections = new Map<Direction, Projection>();
  const pairs = new Map<Direction, Pair>();
  const pairFor = (direction: Direction): Pair => {
    const side = direction === 'backward' ? 'next' : 'previous';
    const projection = projections.get(direction) ?? project(sides[side], reads, options);
    projections.set(direction, projection);
    const pair = pairs.get(direction) ?? pairOf({ ...sides, [side]: projection.document }, options);
    pairs.set(direction, pair);
    return pair;
  };
  return {
    answer: (direction, world) =>
      options.whole[world][direction].verdict === 'compatible'
        ? { verdict: 'compatible', steps: 0 }
        : pairFor(direction).decide(direction, world),
    kept: () => {
      const all = [...projections.values()];
      const whole = all.find((each) => each.whole !== undefined)?.whole;
      return { ties: withoutRepeats(all.flatMap(({ ties }) => ties)), ...(whole && { whole }) };
    },
  };
}

function pairOf({ previous, next }: Sides, { formats, budget = defaultBudget, confirm }: ReaderOptions): Pair {
  return prepare(previous, next, { formats, budget, guard: true, ...(confirm && { confirm }) });
}

function withoutRepeats(ties: readonly Tie[]): readonly Tie[] {
  const seen = new Map(ties.map((tie) => [JSON.stringify(tie), tie]));
  return [...seen.values()];
}

/**
 * A schema of the reader's own asks what the next writer sends. What the previous one sent is past: where that is rejected already, the
 * next writer is asked only for what neither the reader nor the previous document accepts.
 */
function compareDemand(sides: Sides, requires: SchemaDocument, options: ReaderOptions): ReaderVerdicts {
  const now = pairOf({ previous: sides.previous, next: requires }, options).decide('backward', 'closed');
  const already = now.verdict === 'incompatible' ? now.witness : undefined;
  const reader = already ? eitherOf(requires, sides.previous) : requires;
  const pair = pairOf({ previous: reader, next: sides.next }, options);
  const compatible: DirectionReport = { verdict: 'compatible', steps: 0 };
  const closed = { backward: compatible, forward: pair.decide('forward', 'closed') };
  const open = { backward: compatible, forward: pair.decide('forward', 'open') };
  const witness = closed.forward.witness ?? open.forward.witness;
  const rejection = witness && firstRejection(requires, witness.value, options.formats);
  return {
    worlds: { closed, open },
    fields: { backward: [], forward: rejection ? [rejectedPlace(rejection)] : [] },
    ties: [],
    ...(already && { already }),
  };
}

function eitherOf(one: SchemaDocument, other: SchemaDocument): SchemaDocument {
  const uris = ['reading://demand', 'reading://before'] as const;
  return {
    root: { anyOf: uris.map((uri): Json => ({ $ref: uri })) },
    dialect: one.dialect,
    bundle: new Map([
      [uris[0], one],
      [uris[1], other],
    ]),
  };
}
