/**
 * The search for a value of one type: propagate, ask the theory of the type (a refutation without the open alternatives is a
 * refutation), try each literal of each alternative on its own, and only then branch.
 */
import type { Truth } from '../evaluate/context.ts';
import { bodyOf } from '../graph/arena.ts';
import { isNegated, type Lit, type Mask, NUMBER, negate, T } from '../graph/node.ts';
import { solveArray } from './array.ts';
import { upon } from './base.ts';
import { literalsOfNeeds, openNeeds } from './exclusion.ts';
import { opaqueReason, satisfies } from './goal.ts';
import { numberTheory } from './number.ts';
import { keyIsRefuted, solveObject } from './object.ts';
import { isOpenChoice, isOpenClause, mayBeOpen, propagate } from './propagate.ts';
import { type Goal, type Outcome, type Solver, step, UNSAT, unknown } from './solver.ts';
import { stringTheory } from './string.ts';
import { assert, type Clause, mark, newTableau, type Tableau, truth, undo } from './tableau.ts';
import { openConditions } from './unevaluated.ts';
import { viewOf } from './view.ts';

/** Branches below one another, those of the values around this one included. */
const maxBranches = 250;

/** Fewer alternatives are met or refuted as soon one by one. */
const fewestCounted = 3;
/** Alternatives are counted below the first branches only: what is too much there is too much in all of them. */
const maxCountedDepth = 4;

export function searchType(solver: Solver, goal: Goal, mask: Mask): Outcome {
  const { base } = goal;
  return base === undefined ? begin(newTableau(solver, goal, mask)) : upon(solver, goal, base, mask, begin);
}

/** Whether what is asked of values of these types contradicts itself, whatever its parts mean. */
export function isContradictory(solver: Solver, goal: Goal, mask: Mask): boolean {
  if (mask === 0) return true;
  const tab = newTableau(solver, goal, mask);
  return !goal.lits.every((lit) => assert(tab, lit)) || !propagate(tab);
}

function begin(tab: Tableau): Outcome {
  for (const lit of tab.goal.lits) if (!assert(tab, lit)) return UNSAT;
  return search(tab, 0);
}

function search(tab: Tableau, depth: number): Outcome {
  step(tab.solver);
  if (!propagate(tab)) return UNSAT;
  if (tab.solver.branches > maxBranches) return unknown('budget', 'too many nested alternatives');
  if (isClosed(tab)) return leaf(tab, depth);
  const listed = bySet(tab);
  if (listed !== undefined) return listed;
  const relaxed = theory(tab);
  if (relaxed.kind === 'unsat') return UNSAT;
  if (relaxed.kind === 'sat' && satisfies(tab.solver, tab.goal, relaxed.value) === true) return relaxed;
  const counted = depth < maxCountedDepth ? count(tab, depth) : undefined;
  if (counted !== undefined) return counted;
  const probed = probe(tab, depth);
  if (probed !== undefined) return probed;
  if (isClosed(tab)) return leaf(tab, depth);
  return branch(tab, depth);
}

function isClosed(tab: Tableau): boolean {
  for (const clause of tab.clauses) if (mayBeOpen(tab, clause)) return false;
  for (const choice of tab.choices) if (isOpenChoice(tab, choice)) return false;
  return true;
}

/** Everything is decided but conditions of `unevaluated*` and of declarations. */
function leaf(tab: Tableau, depth: number): Outcome {
  const condition = openConditions(tab);
  if (condition !== undefined) return split(tab, [condition, negate(condition)], depth);
  const listed = bySet(tab);
  if (listed !== undefined) return listed;
  const outcome = theory(tab);
  if (outcome.kind !== 'sat') return outcome;
  const verdict = satisfies(tab.solver, tab.goal, outcome.value);
  if (verdict === true) return outcome;
  // the theory allowed what undecided branches may declare
  const undeclared = viewOf(tab).open[0];
  if (undeclared !== undefined) return split(tab, [undeclared, negate(undeclared)], depth);
  if (verdict === undefined)
    return unknown(opaqueReason(tab.solver, tab.goal.lits), 'the value found could not be evaluated');
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
    return open ? unknown(opaqueReason(tab.solver, tab.goal.lits), 'a listed value could not be evaluated') : UNSAT;
  }
  return undefined;
}

function theory(tab: Tableau): Outcome {
  if ((tab.mask & NUMBER) !== 0) return numberTheory(tab);
  if (tab.mask === T.string) return stringTheory(tab);
  return tab.mask === T.array ? solveArray(tab) : solveObject(tab);
}

/** Alternatives that compete: there are too many of them, or one way to meet them all is tried before any other. */
function count(tab: Tableau, depth: number): Outcome | undefined {
  if (tab.clauses.length + tab.choices.length < fewestCounted) return undefined;
  const lits = literalsOfNeeds(tab);
  if (lits === undefined) return UNSAT;
  const start = mark(tab);
  const isPossible = lits.every((lit) => assert(tab, lit)) && propagate(tab) && meetFirst(tab);
  const outcome = isPossible ? leaf(tab, depth + 1) : undefined;
  undo(tab, start);
  return outcome?.kind === 'sat' ? outcome : undefined;
}

/** Decides every open alternative for its first literal; false: that is a contradiction. */
function meetFirst(tab: Tableau): boolean {
  while (!isClosed(tab)) {
    const [need] = openNeeds(tab);
    const [first] = need ?? [];
    if (first === undefined || !assert(tab, first) || !propagate(tab)) return false;
  }
  return true;
}

/** Tries every literal of every alternative on its own; those that fail are false. An answer ends the search. */
function probe(tab: Tableau, depth: number): Outcome | undefined {
  const openAttemptsLeft = { choice: 4, clause: 4 };
  for (let changed = true; changed; ) {
    changed = false;
    for (const [lit, clause, at] of openLits(tab, depth)) {
      if (truth(tab, lit) !== undefined) continue;
      if (clause !== undefined) clause.seen = at;
      const of = clause === undefined ? 'choice' : 'clause';
      const result = attempt(tab, lit, openAttemptsLeft[of] > 0, depth);
      if (result === 'fails') {
        if (!assert(tab, negate(lit)) || !propagate(tab)) return UNSAT;
        changed = true;
        if (isClosed(tab)) return undefined;
      } else if (result === 'open') openAttemptsLeft[of]--;
      else return result;
      step(tab.solver);
    }
  }
  return undefined;
}

type Candidate = readonly [lit: Lit, clause: Clause | undefined, at: number];

/** Literals tried below the first branches; there, most alternatives have been tried before. */
const maxCandidates = 48;

/** What breaks an exactly-one first: there a value is often found at once. */
function openLits(tab: Tableau, depth: number): Iterable<Candidate> {
  const found = new Map<Lit, Candidate>();
  const open = tab.choices.filter((choice) => isOpenChoice(tab, choice));
  const clauses = tab.clauses.filter((clause) => isOpenClause(tab, clause));
  const [only] = clauses;
  if (only !== undefined && clauses.length === 1 && open.length === 0 && depth < 2) return candidatesOf(only);
  const choose = (holds: boolean) => {
    for (const choice of open) {
      if (choice.holds !== holds) continue;
      for (const lit of choice.of) if (!found.has(lit)) found.set(lit, [lit, undefined, 0]);
    }
  };
  choose(false);
  for (const clause of clauses) for (const candidate of candidatesOf(clause)) found.set(candidate[0], candidate);
  choose(true);
  const all = [...found.values()];
  return depth < 2 ? all : all.filter(([lit]) => truth(tab, lit) === undefined).slice(0, maxCandidates);
}

/** One after the other: the first of thousands is often enough. */
function* candidatesOf(clause: Clause): Generator<Candidate> {
  for (const [at, lit] of clause.lits.entries()) yield [lit, clause, at];
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

/** Branches on what leaves the fewest alternatives. That two of many hold is not a question with two answers. */
function branch(tab: Tableau, depth: number): Outcome {
  let best: { readonly open: readonly Lit[]; readonly twofold: boolean } | undefined;
  const offer = (lits: readonly Lit[], twofold: boolean) => {
    const open = lits.filter((lit) => truth(tab, lit) === undefined);
    if (best === undefined || open.length < best.open.length) best = { open, twofold };
  };
  for (const clause of tab.clauses) {
    if (isOpenClause(tab, clause)) offer(clause.lits, false);
    if (best !== undefined && best.open.length <= 2) break;
  }
  for (const holding of [true, false]) {
    for (const choice of tab.choices) {
      if (choice.holds === holding && isOpenChoice(tab, choice)) offer(choice.of, !holding);
    }
  }
  if (best === undefined) return leaf(tab, depth);
  const [first] = best.open as [Lit];
  return split(tab, best.twofold ? [first, negate(first)] : best.open, depth);
}

/** One alternative after the other; one that is done is denied to those after it. */
function split(tab: Tableau, options: readonly Lit[], depth: number): Outcome {
  let open: Outcome | undefined;
  const before = mark(tab);
  for (const option of options) {
    const start = mark(tab);
    const outcome = assert(tab, option) ? searchBranch(tab, depth + 1) : UNSAT;
    undo(tab, start);
    if (outcome.kind === 'sat' || (outcome.kind === 'unknown' && outcome.reason === 'budget')) {
      undo(tab, before);
      return outcome;
    }
    if (outcome.kind === 'unknown') open = outcome;
    if (!assert(tab, negate(option)) || !propagate(tab)) break;
  }
  undo(tab, before);
  return open ?? UNSAT;
}

function searchBranch(tab: Tableau, depth: number): Outcome {
  tab.solver.branches++;
  const outcome = search(tab, depth);
  tab.solver.branches--;
  return outcome;
}
