/**
 * Which constraints of the reader does the writer violate? The reader's schema is walked from its root; a constraint that no
 * event violates is left with everything below it, so what did not change costs one look.
 */
import { append } from '../schema/pointer.ts';
import type { Violation, Violations } from './decide.ts';
import { type Arena, item, items, not, pprop, prop } from './graph/arena.ts';
import { type Lit, TRUE } from './graph/node.ts';
import type { Constraint, Part, Shape } from './graph/shape.ts';
import type { Undecided } from './report.ts';
import { solve } from './solve/goal.ts';
import type { Outcome, Solver } from './solve/solver.ts';
import { type Case, witnessOf } from './witness.ts';

/** A place in the event: how to say of it that a literal holds there. */
interface Spot {
  readonly path: string;
  readonly wrap: (lit: Lit) => Lit;
}

interface Enumeration {
  readonly question: Case;
  readonly solver: Solver;
  readonly limit: number;
  readonly violations: Violation[];
  readonly undecided: Undecided[];
  complete: boolean;
  readonly seen: Set<string>;
}

/** How deep into recursive schemas the walk goes. */
const maxDepth = 40;

export function enumerateViolations(question: Case, solver: Solver, limit: number): Violations {
  const run: Enumeration = { question, solver, limit, violations: [], undecided: [], complete: true, seen: new Set() };
  solver.steps = 0;
  visit(run, question.reader, { path: '', wrap: (lit) => lit }, 0);
  return { violations: run.violations, undecided: run.undecided, complete: run.complete };
}

function ask(run: Enumeration, lit: Lit): Outcome {
  const { question, solver } = run;
  const writers = question.world === 'closed' ? [{ shape: question.writer, certain: true }] : [];
  return solve(solver, { lits: [question.writer.lit, not(question.context.arena, lit)], writers });
}

/** True: something below it is violated. */
function visit(run: Enumeration, shape: Shape, spot: Spot, depth: number): boolean {
  const key = `${shape.id}@${spot.path}`;
  if (run.seen.has(key)) return true;
  run.seen.add(key);
  if (depth > maxDepth) {
    run.complete = false;
    return false;
  }
  let found = false;
  for (const constraint of shape.constraints) {
    if (run.violations.length >= run.limit) {
      run.complete = false;
      return found;
    }
    if (constraint.lit === TRUE) continue;
    const outcome = ask(run, spot.wrap(constraint.lit));
    if (outcome.kind === 'unsat') continue;
    if (outcome.kind === 'unknown') {
      run.undecided.push({ reason: outcome.reason, pointer: constraint.pointer, detail: outcome.detail });
      continue;
    }
    found = true;
    if (!descend(run, constraint, spot, depth)) report(run, constraint, spot, outcome);
  }
  return found;
}

/** The parts that have to hold for the constraint to hold: a violated one explains it better. */
function descend(run: Enumeration, constraint: Constraint, spot: Spot, depth: number): boolean {
  const { arena } = run.question.context;
  let explained = false;
  for (const part of constraint.parts) {
    const inside = spotOf(arena, part, spot);
    if (inside === undefined || part.shape.constraints.length === 0) continue;
    const before = run.violations.length;
    if (visit(run, part.shape, inside, depth + 1) || run.violations.length > before) explained = true;
  }
  return explained;
}

function spotOf(arena: Arena, { step }: Part, { path, wrap }: Spot): Spot | undefined {
  switch (step.kind) {
    case 'same':
      if (step.must) return { path, wrap };
      // `then` under its condition; branches of a union are no constraints of their own
      return undefined;
    case 'key':
      return { path: append(path, step.key), wrap: (lit) => wrap(prop(arena, step.key, lit)) };
    case 'keys':
      return { path: `${path}/*`, wrap: (lit) => wrap(pprop(arena, step.keys, lit)) };
    case 'index':
      return { path: append(path, step.index), wrap: (lit) => wrap(item(arena, step.index, lit)) };
    case 'indexes':
      return { path: `${path}/*`, wrap: (lit) => wrap(items(arena, step.from, lit)) };
    default:
      return undefined;
  }
}

function report(run: Enumeration, constraint: Constraint, spot: Spot, outcome: Outcome): void {
  if (outcome.kind !== 'sat') return;
  const violated = not(run.question.context.arena, spot.wrap(constraint.lit));
  const witness = witnessOf(run.question, outcome.value, [violated]);
  if (witness === undefined) {
    const detail = 'the engine and the confirming validator do not agree on the values found';
    run.undecided.push({ reason: 'validators-disagree', pointer: constraint.pointer, detail });
    return;
  }
  run.violations.push({
    schemaPointer: constraint.pointer,
    keyword: constraint.keyword,
    instancePath: spot.path,
    witness,
  });
}
