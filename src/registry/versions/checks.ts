/** The pure work that may take long, behind one port: in this thread, or in others that can be ended (threads/pool.ts). */
import { type Checked, check } from '../../check/check.ts';
import type { Candidate, History, Rules } from '../../check/input.ts';
import { compareDocuments } from '../../compat/compare.ts';
import { confirm } from '../../compat/confirm/confirm.ts';
import type { CompareOptions, Comparison } from '../../compat/report.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { othersTurn } from '../turns.ts';

export interface ComparisonOptions extends CompareOptions {
  /** The catalog's levels, from harmless to most sensitive. */
  readonly classifications?: readonly string[];
}

/** Fault UNDECIDED where the work was ended because it took too long. */
export interface Checks {
  check(candidate: Candidate, history: History, rules: Rules): Promise<Checked>;
  compare(previous: SchemaDocument, next: SchemaDocument, options: ComparisonOptions): Promise<Comparison>;
}

export const inlineChecks: Checks = {
  async check(candidate, history, rules) {
    await othersTurn();
    return check(candidate, history, rules);
  },
  async compare(previous, next, options) {
    await othersTurn();
    return compareDocuments(previous, next, { ...options, confirm });
  },
};
