/**
 * What many goals start from, such as everything the writer's schema says while edit after edit is asked about, is asserted once.
 * A goal with a base begins where the base ends and is undone when it has its answer: it costs what it adds.
 */
import type { Lit, Mask } from '../graph/node.ts';
import { propagate } from './propagate.ts';
import { type Goal, type Outcome, type Solver, UNSAT } from './solver.ts';
import { assert, mark, newTableau, type Tableau, undo } from './tableau.ts';

/** Answers `goal` on the tableau of its base, which is as it was before when this returns. */
export function upon(solver: Solver, goal: Goal, base: Lit, mask: Mask, work: (tab: Tableau) => Outcome): Outcome {
  const key = `${base}:${mask}`;
  const tab = solver.bases.get(key) ?? begun(solver, goal, base, mask);
  if (tab === undefined) return UNSAT;
  // taken out while it is used: one that an exception left half done does not come back
  solver.bases.delete(key);
  const start = mark(tab);
  tab.goal = goal;
  tab.beyond.clear();
  const outcome = work(tab);
  undo(tab, start);
  for (const name of tab.beyond) if (tab.byKey.get(name)?.length === 0) tab.byKey.delete(name);
  solver.bases.set(key, tab);
  return outcome;
}

function begun(solver: Solver, goal: Goal, base: Lit, mask: Mask): Tableau | undefined {
  const tab = newTableau(solver, goal, mask);
  return assert(tab, base) && propagate(tab) ? tab : undefined;
}
