/** Checks and comparisons, behind one port: in this thread, or in others that can be ended (threads/work.ts). */
import { type Checked, check } from '../../check/check.ts';
import { compareSides, type Side } from '../../check/compare.ts';
import { type Ordered, stepsInOrder } from '../../check/in-order.ts';
import type { Candidate, History, Rules } from '../../check/input.ts';
import { type CheckedLong, checkLong, type LongHistory } from '../../check/long-history.ts';
import {
  checkDeclaration,
  type DeclarationCheck,
  type Declared,
  type Stated,
} from '../../check/readers/declaration.ts';
import type { Representatives } from '../../check/representatives.ts';
import { confirm } from '../../compat/confirm/confirm.ts';
import type { CompareOptions, Comparison } from '../../compat/report.ts';
import type { Limits } from '../../schema/limits.ts';
import { othersTurn } from '../../turns.ts';
import type { Requester } from '../requester.ts';

export interface ComparisonOptions extends CompareOptions {
  /** The catalog's levels, from harmless to most sensitive. */
  readonly classifications?: readonly string[];
  readonly limits: Limits;
}

export interface CheckedInOrder {
  /** Of the first of them. */
  readonly checked: readonly Checked[];
  /** Of a long history: what was found out last. */
  readonly known?: { readonly upTo: number; readonly representatives?: Representatives | undefined };
  /** Whether the next one has to be held against versions that were not given. */
  readonly isStuck: boolean;
}

/** Milliseconds after which no other check of an order is begun. */
const maxInOrderMs = 100;

/** Faults: UNDECIDED where the work took too long; OVERLOADED, RATE_LIMITED, CANCELLED. */
export interface Checks {
  check(candidate: Candidate, history: History, rules: Rules, requester: Requester): Promise<Checked>;
  checkLong(
    candidate: Candidate,
    history: History,
    long: LongHistory,
    rules: Rules,
    requester: Requester,
  ): Promise<CheckedLong>;
  /** As many as can be done in a moment, at least one: it holds up the others of its queue no longer than a slow check. */
  checkInOrder(ordered: Ordered, requester: Requester): Promise<CheckedInOrder>;
  compare(previous: Side, next: Side, options: ComparisonOptions, requester: Requester): Promise<Comparison>;
  /** What a service says that it reads, held against the version that readers have now. */
  declaration(stated: Stated, about: Declared, requester: Requester): Promise<DeclarationCheck>;
}

export const inlineChecks: Checks = {
  async check(candidate, history, rules) {
    await othersTurn();
    return check(candidate, history, rules);
  },
  async checkLong(candidate, history, long, rules) {
    await othersTurn();
    return checkLong(candidate, history, long, rules);
  },
  async checkInOrder(ordered) {
    await othersTurn();
    const began = performance.now();
    const checked: Checked[] = [];
    let known: CheckedInOrder['known'];
    for (const step of stepsInOrder(ordered)) {
      if (ordered.long) known = { upTo: step.upTo, representatives: step.representatives };
      if (!step.checked) return { checked, isStuck: true, ...(known && { known }) };
      checked.push(step.checked);
      if (performance.now() - began > maxInOrderMs) break;
    }
    return { checked, isStuck: false, ...(known && { known }) };
  },
  async compare(previous, next, options) {
    await othersTurn();
    return compareSides(previous, next, { ...options, confirm });
  },
  async declaration(stated, about) {
    await othersTurn();
    return checkDeclaration(stated, about);
  },
};
