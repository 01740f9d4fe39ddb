/**
 * Goals answered one by one, for values that nest deeper than a recursive search may: every goal that another one asks for is
 * taken as refuted until its own search says otherwise, and whoever asked is then searched again. What is still refuted when
 * nothing is left to search has no value: a smallest one would contain a smaller value of another refuted goal.
 */
import { measure } from '../../schema/value-size.ts';
import type { Mask } from '../graph/node.ts';
import { type Goal, type Outcome, type Solver, UNSAT, unknown } from './solver.ts';

/** Values nested deeper than this are not looked for. */
export const maxValueDepth = 300;

interface Entry {
  readonly key: string;
  readonly goal: Goal;
  readonly mask: Mask;
  outcome: Outcome;
  /** Goals whose search asked for this one. */
  readonly askers: Set<Entry>;
  isWaiting: boolean;
}

export interface GoalTable {
  readonly entries: Map<string, Entry>;
  readonly waiting: Entry[];
  /** The goal being searched. */
  current: Entry | undefined;
}

export type SearchGoal = (solver: Solver, goal: Goal, mask: Mask) => Outcome;

/** The answer to a goal that the search of another one asks for, as far as it is known. */
export function lookUp(table: GoalTable, key: string, goal: Goal, mask: Mask): Outcome {
  const entry = table.entries.get(key) ?? enter(table, key, goal, mask);
  if (table.current !== undefined) entry.askers.add(table.current);
  return entry.outcome;
}

function enter(table: GoalTable, key: string, goal: Goal, mask: Mask): Entry {
  const entry: Entry = { key, goal, mask, outcome: UNSAT, askers: new Set(), isWaiting: false };
  table.entries.set(key, entry);
  wait(table, entry);
  return entry;
}

function wait(table: GoalTable, entry: Entry): void {
  if (entry.isWaiting) return;
  entry.isWaiting = true;
  table.waiting.push(entry);
}

/** Answers the goal and, on the way, every goal it depends on. */
export function goalByGoal(solver: Solver, key: string, goal: Goal, mask: Mask, search: SearchGoal): Outcome {
  const table: GoalTable = { entries: new Map(), waiting: [], current: undefined };
  solver.table = table;
  try {
    const first = enter(table, key, goal, mask);
    for (let at = 0; at < table.waiting.length && first.outcome.kind !== 'sat'; at++) {
      const entry = table.waiting[at];
      if (entry !== undefined) answerEntry(solver, table, entry, search);
    }
    if (first.outcome.kind !== 'sat') remember(solver, table);
    return first.outcome;
  } finally {
    solver.table = undefined;
  }
}

/** A refutation is final only when all of them are; a value is one at once. */
function remember(solver: Solver, table: GoalTable): void {
  for (const { key, outcome } of table.entries.values()) if (outcome.kind === 'unsat') solver.memo.set(key, UNSAT);
}

function answerEntry(solver: Solver, table: GoalTable, entry: Entry, search: SearchGoal): void {
  entry.isWaiting = false;
  if (entry.outcome.kind === 'sat') return;
  table.current = entry;
  const outcome = notTooDeep(search(solver, entry.goal, entry.mask));
  if (outcome.kind === 'unsat' || outcome.kind === entry.outcome.kind) return;
  entry.outcome = outcome;
  if (outcome.kind === 'sat') solver.memo.set(entry.key, outcome);
  for (const asker of entry.askers) wait(table, asker);
}

function notTooDeep(outcome: Outcome): Outcome {
  return outcome.kind === 'sat' && measure(outcome.value).depth > maxValueDepth ? tooDeep : outcome;
}

export const tooDeep: Outcome = unknown('budget', `the event asked for nests deeper than ${maxValueDepth} levels`);
