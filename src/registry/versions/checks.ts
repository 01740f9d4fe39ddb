/** Checks and comparisons, behind one port: in this thread, or in others that can be ended (threads/work.ts). */
import { type Checked, check } from '../../check/check.ts';
import { compareSides, type Side } from '../../check/compare.ts';
import type { Candidate, History, Rules } from '../../check/input.ts';
import { type CheckedLong, checkLong, type LongHistory } from '../../check/long-history.ts';
import {
  checkDeclaration,
  type DeclarationCheck,
  type Declared,
  type Stated,
} from '../../check/readers/declaration.ts';
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
  async compare(previous, next, options) {
    await othersTurn();
    return compareSides(previous, next, { ...options, confirm });
  },
  async declaration(stated, about) {
    await othersTurn();
    return checkDeclaration(stated, about);
  },
};
