/** Many comparisons (one per earlier version) as one: the worst verdict in each world and direction, and whose it is. */

import { enforcedDirections, worst } from '../compat/compare.ts';
import type { Comparison, Direction, Level, Verdict, World } from '../compat/report.ts';
import type { PastVersion } from './input.ts';
import type { MergedDirection, Report } from './report.ts';

export interface Compared {
  readonly version: PastVersion;
  readonly comparison: Comparison;
}

export function mergeWorlds(compared: readonly Compared[]): Report['worlds'] {
  const direction = (world: World, way: Direction): MergedDirection => {
    let merged: MergedDirection = { verdict: 'compatible' };
    for (const { version, comparison } of compared) {
      const { verdict, witness, undecided } = comparison.worlds[world][way];
      if (verdict !== merged.verdict && worst([verdict, merged.verdict]) === verdict)
        merged = { verdict, against: version.number, ...(witness && { witness }), ...(undecided && { undecided }) };
    }
    return merged;
  };
  const world = (name: World) => ({ backward: direction(name, 'backward'), forward: direction(name, 'forward') });
  return { closed: world('closed'), open: world('open') };
}

/** The earlier versions a level looks at, newest first. */
export function versionsToCompare(level: Level, versions: readonly PastVersion[]): readonly PastVersion[] {
  const newestFirst = versions.toReversed();
  if (level.endsWith('_TRANSITIVE')) return newestFirst;
  return newestFirst.slice(0, 1);
}

export function verdictFor(level: Level, world: World, merged: Report['worlds']): Verdict {
  return worst(enforcedDirections(level).map((way) => merged[world][way].verdict));
}
