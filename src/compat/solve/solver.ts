/**
 * Goals and their answers. A goal asks for one value that satisfies all its literals; UNSAT is a proof that there is none, SAT
 * carries the value, and everything that could be neither proved nor found is UNKNOWN with its reason.
 */
import type { Json } from '../../schema/json.ts';
import type { Context } from '../evaluate/context.ts';
import { charge, Exhausted } from '../evaluate/meter.ts';
import type { KeySet } from '../graph/keyset.ts';
import type { Lit } from '../graph/node.ts';
import type { Shape } from '../graph/shape.ts';
import type { GoalTable } from './table.ts';
import type { Tableau } from './tableau.ts';

export type Outcome =
  | { readonly kind: 'sat'; readonly value: Json }
  | { readonly kind: 'unsat' }
  | { readonly kind: 'unknown'; readonly reason: string; readonly detail: string };

export const UNSAT: Outcome = { kind: 'unsat' };

export function sat(value: Json): Outcome {
  return { kind: 'sat', value };
}

export function unknown(reason: string, detail: string): Outcome {
  return { kind: 'unknown', reason, detail };
}

/** A schema whose writer produces the value (closed world). Not `certain`: whether it applies is still open. */
export interface Writer {
  readonly shape: Shape;
  readonly certain: boolean;
}

export interface Goal {
  readonly lits: readonly Lit[];
  readonly writers: readonly Writer[];
  /** One of `lits` that many goals have: what follows from it alone is kept for the next of them. */
  readonly base?: Lit;
}

/** A goal being solved; goals nest as the values they ask for do. */
export interface Running {
  readonly key: string;
  /** The outermost running goal whose refutation this one's rests on. */
  low: number;
}

export interface Solver {
  readonly context: Context;
  /** Steps for all that is asked before they are counted anew. */
  readonly limit: number;
  steps: number;
  readonly memo: Map<string, Outcome>;
  /** Refutations that assume an outer goal has no value: true only if that one is refuted too. */
  readonly provisional: Map<string, number>;
  readonly running: Running[];
  readonly runningAt: Map<string, number>;
  /** Set while goals are answered one by one. */
  table: GoalTable | undefined;
  /** Branches below one another in all goals that are being searched. */
  branches: number;
  /** Values an author gave as examples, by the literal of their schema. */
  readonly hints: ReadonlyMap<Lit, readonly Json[]>;
  /** Names that no writer declares, by the writers. */
  readonly undeclared: Map<string, KeySet>;
  /** What follows from the bases of goals, by base and type. */
  readonly bases: Map<string, Tableau>;
}

export function createSolver(context: Context, limit: number, hints: Solver['hints']): Solver {
  const running: Running[] = [];
  const [memo, provisional, runningAt] = [
    new Map<string, Outcome>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  return {
    context,
    limit,
    steps: 0,
    memo,
    provisional,
    running,
    runningAt,
    table: undefined,
    branches: 0,
    hints,
    undeclared: new Map(),
    bases: new Map(),
  };
}

/** What a goal or a branch costs beside the literals it looks at, in parts. */
const perBranch = 16;

/** Throws where the budget is spent. */
export function step(solver: Solver, parts = 0): void {
  charge(solver.context.meter, perBranch + parts);
}

export const spent: Outcome = unknown('budget', new Exhausted().message);
