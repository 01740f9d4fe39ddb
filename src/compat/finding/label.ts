/** How large a step the next version is: what its label counts. */
import { canonicalize } from '../../schema/canonical.ts';
import type { Pair } from '../decide/decide.ts';
import { type Change, directions, type Finding, type Verdict, type World, type WorldReport } from '../report.ts';

/** Undecided counts as incompatible: nothing better is known. */
export function changeOf(
  pair: Pair,
  verdict: Verdict,
  reports: Readonly<Record<World, WorldReport>>,
  findings: readonly Finding[],
): Change {
  if (verdict !== 'compatible') return 'major';
  const sameValues = directions.every((direction) => reports.open[direction].verdict === 'compatible');
  if (!sameValues) return 'minor';
  const silent = findings.every(({ rule }) => rule === 'VALUE_SET_UNCHANGED');
  return silent && canonicalize(pair.previous.root) === canonicalize(pair.next.root) ? 'none' : 'patch';
}
