/** Merges the comparisons with several earlier versions into one result that names version numbers. */
import { mergeWorlds } from '../compat/history.ts';
import type { Comparison, Direction, World } from '../compat/report.ts';
import type { PastVersion } from './input.ts';
import type { MergedDirection, Report } from './report.ts';

export interface Compared {
  readonly version: PastVersion;
  readonly comparison: Pick<Comparison, 'worlds' | 'change' | 'findings'>;
}

export function mergedReport(compared: readonly Compared[]): Report['worlds'] {
  const merged = mergeWorlds(compared.map(({ comparison }) => comparison));
  const numbered = (world: World, way: Direction): MergedDirection => {
    const { against, ...direction } = merged[world][way];
    const version = against === undefined ? undefined : compared[against]?.version.number;
    return { ...direction, ...(version !== undefined && { against: version }) };
  };
  const both = (world: World) => ({ backward: numbered(world, 'backward'), forward: numbered(world, 'forward') });
  return { closed: both('closed'), open: both('open') };
}
