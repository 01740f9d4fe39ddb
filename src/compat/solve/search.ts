/**
 * The search for a value of one type: propagate, ask the theory of the type (a refutation without the open alternatives is a
 * refutation), try each literal of each alternative on its own, and only then branch.
 */
import type { Truth } from '../evaluate/context.ts';
import { bodyOf } from '../graph/arena.ts';
import { isNegated, type Lit, type Mask, NUMBER, negate, T } from '../graph/node.ts';
import { solveArray } from './array.ts';
import { opaqueReason, satisfies } from './goal.ts';
import { numberTheory } from './number.ts';
import { keyIsRefuted, solveObject } from './object.ts';
import { isOpenChoice, isOpenClause, mayBeOpen, propagate } from './propagate.ts';
import { type Goal, type Outcome, type Solver, spent, step, UNSAT, unknown } from './solver.ts';
import { stringTheory } from './string.ts';
import { assert, type Choice, type Clause, mark, newTableau, type Tableau, truth, undo } from './tableau.ts';
import { openConditions } from './unevaluated.ts';
import { viewOf } from './view.ts';

/** Branches below one another for one value. */
const maxBranches = 600;

export function searchType(solver: Solver, goal: Goal, mask: Mask): Outcome {
  const tab = newTableau(solver, goal, mask);
  for (const lit of goal.lits) if (!assert(tab, lit)) return UNSAT;
  return search(tab, 0);
}

function search(tab: Tableau, depth: number): Outcome {
  if (!step(tab.solver)) return spent;
  if (!propagate(tab)) return UNSAT;
  if (depth > maxBranches) return unknown('budget', 'too many nested alternatives');
  if (isClosed(tab)) return leaf(tab, depth);
  const listed = bySet(tab);
  if (listed !== undefined) return listed;
  const relaxed = theory(tab);
  if (relaxed.kind === 'unsat') return UNSAT;
  if (relaxed.kind === 'sat' && satisfies(tab.solver, tab.goal, relaxed.value) === true) return relaxed;
  const probed = probe(tab, depth);
  if (probed !== undefined) return probed;
  if (isClosed(tab)) return leaf(tab, depth);
  return branch(tab, depth);
}

function isClosed(tab: Tableau): boolean {
  return (
    !tab.clauses.some((clause) => mayBeOpen(tab, clause)) && !tab.choices.some((choice) => isOpenChoice(tab, choice))
  );
}

/** Everything is decided but conditions of `unevaluated*` and of declarations. */
function leaf(tab: Tableau, depth: number): Outcome {
  const condition = openConditions(tab);
  if (condition !== undefined) return split(tab, [[condition], [negate(condition)]], depth);
  const listed = bySet(tab);
  if (listed !== undefined) return listed;
  const outcome = theory(tab);
  if (outcome.kind !== 'sat') return outcome;
  const verdict = satisfies(tab.solver, tab.goal, outcome.value);
  if (verdict === true) return outcome;
  // the theory allowed what undecided branches may declare
  const undeclared = viewOf(tab).open[0];
  if (undeclared !== undefined) return split(tab, [[undeclared], [negate(undeclared)]], depth);
  if (verdict === undefined)
    return unknown(opaqueReason(tab.solver, tab.goal.lits), 'the value found could not be judged');
  return unknown('internal', 'the value found does not satisfy its goal');
}

/** Where an enumeration holds, its members are all there is to try. */
function bySet(tab: Tableau): Outcome | undefined {
  for (const lit of tab.facts) {
    const body = bodyOf(tab.solver.context.arena, lit);
    if (body.kind !== 'enum' || isNegated(lit)) continue;
    let open = false;
    for (const value of body.values.values()) {
      const verdict: Truth = satisfies(tab.solver, tab.goal, value);
      if (verdict === true) return { kind: 'sat', value };
      if (verdict === undefined) open = true;
    }
    return open ? unknown(opaqueReason(tab.solver, tab.goal.lits), 'a listed value could not be judged') : UNSAT;
  }
  return undefined;
}

function theory(tab: Tableau): Outcome {
  if ((tab.mask & NUMBER) !== 0) return numberTheory(tab);
  if (tab.mask === T.string) return stringTheory(tab);
  return tab.mask === T.array ? solveArray(tab) : solveObject(tab);
}

/** Tries every literal of every alternative on its own; those that fail are false. An answer ends the search. */
function probe(tab: Tableau, depth: number): Outcome | undefined {
  let patience = 4;
  for (let changed = true; changed; ) {
    changed = false;
    for (const [lit, clause, at] of openLits(tab)) {
      if (truth(tab, lit) !== undefined) continue;
      if (clause !== undefined) clause.seen = at;
      const result = attempt(tab, lit, patience > 0, depth);
      if (result === 'fails') {
        if (!assert(tab, negate(lit)) || !propagate(tab)) return UNSAT;
        changed = true;
        if (isClosed(tab)) return undefined;
      } else if (result === 'open') patience--;
      else return result;
      if (!step(tab.solver)) return spent;
    }
  }
  return undefined;
}

type Candidate = readonly [lit: Lit, clause: Clause | undefined, at: number];

function openLits(tab: Tableau): readonly Candidate[] {
  const found = new Map<Lit, Candidate>();
  for (const clause of tab.clauses) {
    if (isOpenClause(tab, clause)) for (const [at, lit] of clause.lits.entries()) found.set(lit, [lit, clause, at]);
  }
  for (const choice of tab.choices) {
    if (isOpenChoice(tab, choice))
      for (const lit of choice.of) if (!found.has(lit)) found.set(lit, [lit, undefined, 0]);
  }
  return [...found.values()];
}

function attempt(tab: Tableau, lit: Lit, thorough: boolean, depth: number): Outcome | 'fails' | 'open' {
  const start = mark(tab);
  tab.touched.clear();
  const outcome = consequences(tab, lit, thorough, depth);
  undo(tab, start);
  return outcome;
}

function consequences(tab: Tableau, lit: Lit, thorough: boolean, depth: number): Outcome | 'fails' | 'open' {
  if (!assert(tab, lit) || !propagate(tab)) return 'fails';
  if (tab.mask === T.object && keyIsRefuted(tab)) return 'fails';
  if (tab.mask !== T.object || thorough) {
    const outcome = isClosed(tab) && thorough ? leaf(tab, depth + 1) : theory(tab);
    if (outcome.kind === 'unsat') return 'fails';
    if (outcome.kind === 'sat' && satisfies(tab.solver, tab.goal, outcome.value) === true) return outcome;
  }
  return 'open';
}

function branch(tab: Tableau, depth: number): Outcome {
  let best: readonly (readonly Lit[])[] | undefined;
  for (const clause of tab.clauses) {
    if (!isOpenClause(tab, clause)) continue;
    const options = ofClause(tab, clause);
    if (best === undefined || options.length < best.length) best = options;
    if (best.length <= 2) break;
  }
  if (best === undefined || best.length > 2) {
    for (const choice of tab.choices) {
      if (!isOpenChoice(tab, choice)) continue;
      const options = ofChoice(tab, choice);
      if (best === undefined || options.length < best.length) best = options;
    }
  }
  return best === undefined ? leaf(tab, depth) : split(tab, best, depth);
}

/** Alternatives that exclude each other: each denies those before it. */
function ofClause(tab: Tableau, clause: Clause): readonly (readonly Lit[])[] {
  const open = clause.lits.filter((lit) => truth(tab, lit) === undefined);
  return open.map((lit, at) => [lit, ...open.slice(0, at).map(negate)]);
}

function ofChoice(tab: Tableau, choice: Choice): readonly (readonly Lit[])[] {
  const open = choice.of.filter((lit) => truth(tab, lit) === undefined);
  const first = open[0] as Lit;
  if (!choice.holds) return [[first], [negate(first)]];
  return open.map((lit) => [lit, ...open.filter((other) => other !== lit).map(negate)]);
}

function split(tab: Tableau, options: readonly (readonly Lit[])[], depth: number): Outcome {
  let open: Outcome | undefined;
  for (const option of options) {
    const start = mark(tab);
    const outcome = option.every((lit) => assert(tab, lit)) ? search(tab, depth + 1) : UNSAT;
    undo(tab, start);
    if (outcome.kind === 'sat') return outcome;
    if (outcome.kind === 'unknown') {
      open = outcome;
      if (outcome.reason === 'budget') return outcome;
    }
  }
  return open ?? UNSAT;
}
