/** Budgets count work, never time: the same question gets the same answer on every machine. */
import type { Store } from './term.ts';

export interface Budget {
  /** States one search may visit. */
  readonly states: number;
  /** The meter's reading at which it gives up. */
  readonly until: number;
}

export const defaultStates = 20_000;

/** Work for one question, and for all the questions of a pool together; past the latter all answers are 'unknown'. */
const perQuestion = 200_000;
const perPool = 1_000_000;

/** Longer ones are not written out: that one exists would have to be taken on trust. */
export const longestWord = 1_000_000;

export function budgetFor(store: Store, states = defaultStates): Budget {
  return { states, until: Math.min(store.meter.spent + perQuestion, perPool) };
}

export function isSpent(store: Store, budget: Budget): boolean {
  return store.meter.spent >= budget.until;
}

/** For a first attempt, when a second one is worth making. */
export function half(store: Store, budget: Budget): Budget {
  return { ...budget, until: store.meter.spent + (budget.until - store.meter.spent) / 2 };
}
