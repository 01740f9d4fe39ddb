/** Which edit breaks which direction in which world. Asked of the engine edit by edit; no table decides it. */
import { segments } from '../../schema/pointer.ts';
import type { Pair, Side } from '../decide/decide.ts';
import { type Direction, directions, type Verdict, type Witness, type World } from '../report.ts';
import type { Change, Cover } from './change.ts';
import { table } from './table.ts';

export type Broken = `${World} ${Direction}`;

export interface Attribution {
  /** For each edit, what it breaks and an event that shows it; by index. */
  readonly breaks: readonly ReadonlyMap<Broken, Witness>[];
  /** What breaks although no edit explains it. */
  readonly beyond: readonly { readonly broken: Broken; readonly witness: Witness }[];
}

export type Verdicts = Readonly<Record<Broken, Verdict>>;

const sides: Readonly<Record<Direction, { readonly writer: Side; readonly reader: Side }>> = {
  backward: { writer: 'previous', reader: 'next' },
  forward: { writer: 'next', reader: 'previous' },
};

/** Edits asked about in one direction: past this the rest is taken as explained by the ones found. */
const maxEdits = 500;

export function attribute(pair: Pair, changes: readonly Change[], verdicts: Verdicts): Attribution {
  const breaks = changes.map(() => new Map<Broken, Witness>());
  const beyond: { broken: Broken; witness: Witness }[] = [];
  for (const direction of directions) {
    // a closed world's writers are among the open one's: what breaks nothing there breaks nothing here
    if (verdicts[`open ${direction}`] === 'compatible') continue;
    const fitting = fittingOnly(changes, direction);
    const asked = changes.map((change, index) => ({ change, index })).filter(({ change }) => fitting.has(change));
    for (const { change, index } of asked.slice(0, maxEdits)) {
      const found = breaks[index] as Map<Broken, Witness>;
      attributeChange(pair, change, direction, verdicts, found);
    }
    for (const world of ['open', 'closed'] as const) {
      if (verdicts[`${world} ${direction}`] !== 'incompatible') continue;
      const witness = remainder(pair, changes, breaks, direction, world);
      if (witness !== undefined) beyond.push({ broken: `${world} ${direction}`, witness });
    }
  }
  return { breaks, beyond };
}

/** Of two edits at one constraint, such as a value removed and one added, the one that can break this direction. */
function fittingOnly(changes: readonly Change[], direction: Direction): ReadonlySet<Change> {
  const against = direction === 'backward' ? 'widens' : 'narrows';
  const placed = new Map<string, Change[]>();
  for (const change of changes) {
    if (!isReadBy(change, direction)) continue;
    const key = JSON.stringify([change.covers, change.given]);
    placed.set(key, [...(placed.get(key) ?? []), change]);
  }
  const kept = [...placed.values()].flatMap((list) => {
    const fitting = list.filter(({ rule }) => table[rule].effect !== against);
    return fitting.length > 0 ? fitting : list;
  });
  return new Set(kept);
}

function isReadBy({ covers }: Change, direction: Direction): boolean {
  return covers.some(({ side }) => side === sides[direction].reader);
}

function attributeChange(
  pair: Pair,
  change: Change,
  direction: Direction,
  verdicts: Verdicts,
  found: Map<Broken, Witness>,
): void {
  const open = probe(pair, change, direction, 'open');
  if (open === undefined) return;
  if (verdicts[`open ${direction}`] === 'incompatible') found.set(`open ${direction}`, open);
  if (verdicts[`closed ${direction}`] !== 'incompatible') return;
  const sent = pair.writes(sides[direction].writer, open.value, 'closed') === true;
  const closed = sent ? open : probe(pair, change, direction, 'closed');
  if (closed === undefined) return;
  found.set(`closed ${direction}`, closed);
  found.set(`open ${direction}`, closed);
}

function probe(pair: Pair, change: Change, direction: Direction, world: World): Witness | undefined {
  const { writer, reader } = sides[direction];
  const given = change.given
    .filter(({ side, only }) => only === 'always' || side === writer)
    .map(({ side, pointer }) => ({ of: side === writer ? ('writer' as const) : ('reader' as const), pointer }));
  for (const { side, ...target } of change.covers) {
    if (side !== reader) continue;
    const witness = pair.probe(direction, world, { target, given });
    if (witness !== undefined) return witness;
  }
  return undefined;
}

/**
 * A break that remains when every edit found to break is taken as mended, and that no edit covers. An edit is asked about at
 * its first place only; where another one breaks, the event found here says so.
 */
function remainder(
  pair: Pair,
  changes: readonly Change[],
  breaks: readonly Map<Broken, Witness>[],
  direction: Direction,
  world: World,
): Witness | undefined {
  const broken: Broken = `${world} ${direction}`;
  const { reader } = sides[direction];
  const targets = changes.flatMap(({ covers }, index) =>
    breaks[index]?.has(broken) ? covers.filter(({ side }) => side === reader) : [],
  );
  if (targets.length > maxEdits) return undefined;
  const { witness: shown } = pair.decide(direction, world);
  const witness = pair.probeBeyond(direction, world, targets) ?? (targets.length === 0 ? shown : undefined);
  if (witness === undefined) return undefined;
  const covering = changes.flatMap(({ covers }, index) =>
    covers.some((cover) => cover.side === reader && isCovered(witness, cover)) ? [index] : [],
  );
  if (covering.length === 0) return witness;
  if (!covering.some((index) => breaks[index]?.has(broken))) breaks[covering.at(-1) as number]?.set(broken, witness);
  return undefined;
}

function isCovered({ rejection }: Witness, { pointer, name, pattern }: Cover): boolean {
  const { schemaPointer, instancePointer, params } = rejection;
  if (schemaPointer !== pointer && !schemaPointer.startsWith(`${pointer}/`)) return false;
  if (pattern !== undefined) return false;
  return name === undefined || params?.missingProperty === name || segments(instancePointer).at(-1) === name;
}
