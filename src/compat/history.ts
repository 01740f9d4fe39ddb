/** One document against many earlier ones: what the transitive levels ask. */
import type { SchemaDocument } from '../schema/document.ts';
import { compareDocuments, type DocumentOptions, enforcedDirections, worst } from './compare.ts';
import type { Comparison, Direction, DirectionReport, Level, Verdict, World } from './report.ts';

/** The worst of several comparisons, and which of them it is: an index into what was compared. */
export type MergedDirection = Omit<DirectionReport, 'steps'> & { readonly against?: number };
export type MergedWorlds = Readonly<Record<World, Readonly<Record<Direction, MergedDirection>>>>;

export interface HistoryComparison {
  readonly level: Level;
  readonly world: World;
  readonly verdict: Verdict;
  readonly worlds: MergedWorlds;
  /** One for each document the level looks at, newest first. */
  readonly comparisons: readonly Comparison[];
}

/** `history` is oldest first. Closed-world compatibility is not transitive, so every earlier version is asked (engine law: v1 {a: string}, v2 {}, v3 {a: integer}). */
export function compareHistory(
  history: readonly SchemaDocument[],
  next: SchemaDocument,
  options: DocumentOptions = {},
): HistoryComparison {
  const { level = 'FULL_TRANSITIVE', world = 'closed' } = options;
  const latest = history.at(-1);
  const comparisons = lookedAt(level, history).map((previous) =>
    compareDocuments(previous, next, {
      ...options,
      ...(latest !== undefined && previous !== latest && { between: latest }),
    }),
  );
  const merged = mergeWorlds(comparisons);
  return { level, world, verdict: verdictFor(level, world, merged), worlds: merged, comparisons };
}

/** Whether a level looks at every earlier version, or at the latest alone. */
export function looksAtAll(level: Level): boolean {
  return level.endsWith('_TRANSITIVE');
}

/** The earlier versions a level looks at, newest first. */
export function lookedAt<T>(level: Level, history: readonly T[]): readonly T[] {
  const newestFirst = history.toReversed();
  return looksAtAll(level) ? newestFirst : newestFirst.slice(0, 1);
}

export function mergeWorlds(comparisons: readonly Pick<Comparison, 'worlds'>[]): MergedWorlds {
  const direction = (world: World, way: Direction): MergedDirection => {
    let merged: MergedDirection = { verdict: 'compatible' };
    for (const [index, comparison] of comparisons.entries()) {
      const { steps: _, ...report } = comparison.worlds[world][way];
      if (report.verdict !== merged.verdict && worst([report.verdict, merged.verdict]) === report.verdict)
        merged = { ...report, against: index };
    }
    return merged;
  };
  const both = (world: World) => ({ backward: direction(world, 'backward'), forward: direction(world, 'forward') });
  return { closed: both('closed'), open: both('open') };
}

export function verdictFor(level: Level, world: World, merged: MergedWorlds): Verdict {
  return worst(enforcedDirections(level).map((way) => merged[world][way].verdict));
}
