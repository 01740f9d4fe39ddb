/**
 * One branch of the search for a value of one type: what has been asserted, and what follows from it. Everything is undone by
 * going back to a mark; nothing is copied.
 */
import type { Truth } from '../evaluate/context.ts';
import { charge } from '../evaluate/meter.ts';
import { bodyOf, canBe } from '../graph/arena.ts';
import { type Body, isNegated, type Lit, type Mask, negate, nodeOf, T } from '../graph/node.ts';
import type { Goal, Solver } from './solver.ts';

export interface Clause {
  readonly lits: readonly Lit[];
  /** Positions last seen not to be false; going back keeps them useful, so they are never undone. */
  left: number;
  right: number;
  /** The literal that last made it true. */
  seen: number;
}

/** Exactly one of these holds (`holds`), or not. */
export interface Choice {
  readonly of: readonly Lit[];
  readonly holds: boolean;
}

export interface Universal {
  readonly keys: Extract<Body, { kind: 'pprop' }>['keys'];
  readonly lit: Lit;
}

export interface Tableau {
  readonly solver: Solver;
  goal: Goal;
  mask: Mask;
  readonly assigned: Map<number, boolean>;
  /** How to go back: a node to be forgotten, a list to be shortened, or a step of its own. */
  readonly trail: (number | unknown[] | (() => void))[];
  readonly queue: Lit[];
  readonly clauses: Clause[];
  readonly choices: Choice[];
  /** Asserted constraints that only the theory of the type understands. */
  readonly facts: Lit[];
  /** What properties have to satisfy if they are there, by name. */
  readonly byKey: Map<string, Lit[]>;
  /** The names among them that the goal constrains beyond its base, in that order: what it is about, and shown first. */
  readonly beyond: Set<string>;
  readonly universals: Universal[];
  /** Some property of these names has a value that satisfies the literal. */
  readonly existentials: Universal[];
  readonly required: Set<string>;
  readonly forbidden: Set<string>;
  /** Names whose constraints changed since the set was last cleared. */
  readonly touched: Set<string>;
  /** Property constraints named in the goal, by key: their truth may follow from what is required of the key. */
  readonly propsNamed: Map<string, Set<number>>;
}

type OfObjects = Pick<
  Tableau,
  'byKey' | 'beyond' | 'universals' | 'existentials' | 'required' | 'forbidden' | 'touched' | 'propsNamed'
>;

function nothingOfObjects(): OfObjects {
  return {
    byKey: new Map(),
    beyond: new Set(),
    universals: [],
    existentials: [],
    required: new Set(),
    forbidden: new Set(),
    touched: new Set(),
    propsNamed: new Map(),
  };
}

/** Nothing is ever entered where the value is no object; most values asked for are none. */
const ofOthers = nothingOfObjects();

export function newTableau(solver: Solver, goal: Goal, mask: Mask): Tableau {
  const ofObjects = mask === T.object ? nothingOfObjects() : ofOthers;
  return {
    solver,
    goal,
    mask,
    assigned: new Map(),
    trail: [],
    queue: [],
    clauses: [],
    choices: [],
    facts: [],
    byKey: ofObjects.byKey,
    beyond: ofObjects.beyond,
    universals: ofObjects.universals,
    existentials: ofObjects.existentials,
    required: ofObjects.required,
    forbidden: ofObjects.forbidden,
    touched: ofObjects.touched,
    propsNamed: ofObjects.propsNamed,
  };
}

export function mark(tab: Tableau): number {
  return tab.trail.length;
}

export function undo(tab: Tableau, to: number): void {
  tab.queue.length = 0;
  while (tab.trail.length > to) {
    const last = tab.trail.pop();
    if (typeof last === 'number') tab.assigned.delete(last);
    else if (typeof last === 'function') last();
    else last?.pop();
  }
}

export function push<I>(tab: Tableau, list: I[], each: I): void {
  list.push(each);
  tab.trail.push(list);
}

export function restrict(tab: Tableau, to: Mask): void {
  const before = tab.mask;
  tab.mask &= to;
  tab.trail.push(() => {
    tab.mask = before;
  });
}

export function include(tab: Tableau, set: Set<string>, key: string): void {
  if (set.has(key)) return;
  set.add(key);
  tab.trail.push(() => set.delete(key));
}

/** What is known of a literal: assigned, decided by the type, or by the parts of a conjunction. */
export function truth(tab: Tableau, lit: Lit, depth = 2): Truth {
  charge(tab.solver.context.meter, 1);
  const assigned = tab.assigned.get(nodeOf(lit));
  if (assigned !== undefined) return assigned !== isNegated(lit);
  const { arena } = tab.solver.context;
  if ((canBe(arena, lit) & tab.mask) === 0) return false;
  if ((canBe(arena, negate(lit)) & tab.mask) === 0) return true;
  const body = bodyOf(arena, lit);
  if (body.kind !== 'and' || depth === 0 || body.of.length > 64) return undefined;
  const whole = conjunction(tab, body.of, depth - 1);
  return whole === undefined ? undefined : whole !== isNegated(lit);
}

function conjunction(tab: Tableau, lits: readonly Lit[], depth: number): Truth {
  let whole: Truth = true;
  for (const each of lits) {
    const part = truth(tab, each, depth);
    if (part === false) return false;
    if (part === undefined) whole = undefined;
  }
  return whole;
}

/** The names of constrained properties, those that the goal is about first. */
export function namesOf(tab: Tableau): Set<string> {
  const names = new Set(tab.beyond);
  for (const name of tab.byKey.keys()) names.add(name);
  return names;
}

export function assign(tab: Tableau, node: number, holds: boolean): void {
  tab.assigned.set(node, holds);
  tab.trail.push(node);
}

/** False: it contradicts what is known. */
export function assert(tab: Tableau, lit: Lit): boolean {
  charge(tab.solver.context.meter, 2);
  const known = tab.assigned.get(nodeOf(lit));
  if (known !== undefined) return known !== isNegated(lit);
  const { arena } = tab.solver.context;
  if ((canBe(arena, lit) & tab.mask) === 0) return false;
  const node = nodeOf(lit);
  assign(tab, node, !isNegated(lit));
  if ((canBe(arena, negate(lit)) & tab.mask) !== 0) tab.queue.push(lit);
  return true;
}
