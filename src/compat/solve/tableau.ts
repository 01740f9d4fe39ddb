/**
 * One branch of the search for a value of one type: what has been asserted, and what follows from it. Everything is undone by
 * going back to a mark; nothing is copied.
 */
import type { Json } from '../../schema/json.ts';
import type { Truth } from '../evaluate/context.ts';
import { bodyOf, canBe, counted, has, item, oneOfValues, pprop, prop, valueSet } from '../graph/arena.ts';
import { keySet } from '../graph/keyset.ts';
import { type Body, FALSE, isNegated, type Lit, type Mask, maskOf, negate, nodeOf, T } from '../graph/node.ts';
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
  readonly goal: Goal;
  mask: Mask;
  readonly assigned: Map<number, boolean>;
  readonly trail: (() => void)[];
  readonly queue: Lit[];
  readonly clauses: Clause[];
  readonly choices: Choice[];
  /** Asserted constraints that only the theory of the type understands. */
  readonly facts: Lit[];
  /** What properties have to satisfy if they are there, by name. */
  readonly byKey: Map<string, Lit[]>;
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

export function newTableau(solver: Solver, goal: Goal, mask: Mask): Tableau {
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
    byKey: new Map(),
    universals: [],
    existentials: [],
    required: new Set(),
    forbidden: new Set(),
    touched: new Set(),
    propsNamed: new Map(),
  };
}

export function mark(tab: Tableau): number {
  return tab.trail.length;
}

export function undo(tab: Tableau, to: number): void {
  tab.queue.length = 0;
  while (tab.trail.length > to) tab.trail.pop()?.();
}

function push<I>(tab: Tableau, list: I[], each: I): void {
  list.push(each);
  tab.trail.push(() => list.pop());
}

function include(tab: Tableau, set: Set<string>, key: string): void {
  if (set.has(key)) return;
  set.add(key);
  tab.trail.push(() => set.delete(key));
}

/** What is known of a literal: assigned, decided by the type, or by the parts of a conjunction. */
export function truth(tab: Tableau, lit: Lit, depth = 2): Truth {
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

/** False: it contradicts what is known. */
export function assert(tab: Tableau, lit: Lit): boolean {
  const known = tab.assigned.get(nodeOf(lit));
  if (known !== undefined) return known !== isNegated(lit);
  const { arena } = tab.solver.context;
  if ((canBe(arena, lit) & tab.mask) === 0) return false;
  const node = nodeOf(lit);
  tab.assigned.set(node, !isNegated(lit));
  tab.trail.push(() => tab.assigned.delete(node));
  if ((canBe(arena, negate(lit)) & tab.mask) !== 0) tab.queue.push(lit);
  return true;
}

/** Draws every consequence of what was asserted; false: a contradiction. */
export function propagate(tab: Tableau): boolean {
  for (;;) {
    for (let lit = tab.queue.pop(); lit !== undefined; lit = tab.queue.pop()) {
      if (!expand(tab, lit)) return false;
    }
    for (const clause of tab.clauses) if (!watch(tab, clause)) return false;
    for (const choice of tab.choices) if (!settleChoice(tab, choice)) return false;
    if (tab.queue.length === 0) return true;
  }
}

/** Unit propagation with two watched positions; false: all of its literals are false. */
function watch(tab: Tableau, clause: Clause): boolean {
  const { lits } = clause;
  const first = truth(tab, lits[clause.left] as Lit);
  if (first === true) return true;
  const second = truth(tab, lits[clause.right] as Lit);
  if (second === true || (first === undefined && second === undefined && clause.left !== clause.right)) return true;
  let found = -1;
  // from where it stood: literals mostly become false in their order
  for (let turn = 0; turn < lits.length; turn++) {
    const at = (clause.left + turn) % lits.length;
    const known = truth(tab, lits[at] as Lit);
    if (known === false) continue;
    if (known === true) {
      clause.left = at;
      return true;
    }
    if (found >= 0) {
      clause.left = found;
      clause.right = at;
      return true;
    }
    found = at;
  }
  return found >= 0 && assert(tab, lits[found] as Lit);
}

function settleChoice(tab: Tableau, { of, holds }: Choice): boolean {
  const open: Lit[] = [];
  let held = 0;
  for (const lit of of) {
    const known = truth(tab, lit);
    if (known === true) held++;
    else if (known === undefined) open.push(lit);
  }
  if (holds) {
    if (held > 1 || (held === 0 && open.length === 0)) return false;
    if (held === 1) return open.every((lit) => assert(tab, negate(lit)));
    return open.length > 1 || assert(tab, open[0] as Lit);
  }
  if (held > 1 || (held === 0 && open.length === 0)) return true;
  if (held === 1 && open.length === 0) return false;
  if (open.length > 1) return true;
  return assert(tab, held === 1 ? (open[0] as Lit) : negate(open[0] as Lit));
}

export function isOpenChoice(tab: Tableau, { of, holds }: Choice): boolean {
  let held = 0;
  let open = 0;
  for (const lit of of) {
    const known = truth(tab, lit);
    if (known === true) held++;
    else if (known === undefined) open++;
  }
  return holds ? held !== 1 || open > 0 : held < 2 && open > 0;
}

/** A literal that makes the clause true is mostly one of those looked at last. */
function isSeenTrue(tab: Tableau, clause: Clause): boolean {
  const { lits, seen, left, right } = clause;
  return [seen, left, right].some((at) => truth(tab, lits[at] as Lit) === true);
}

export function isOpenClause(tab: Tableau, clause: Clause): boolean {
  if (isSeenTrue(tab, clause)) return false;
  const found = clause.lits.findIndex((lit) => truth(tab, lit) === true);
  if (found >= 0) clause.seen = found;
  return found < 0;
}

/** Long clauses are not searched through: they may count as open although they are not. */
const longClause = 64;

export function mayBeOpen(tab: Tableau, clause: Clause): boolean {
  return clause.lits.length > longClause ? !isSeenTrue(tab, clause) : isOpenClause(tab, clause);
}

export function addClause(tab: Tableau, lits: readonly Lit[]): void {
  push(tab, tab.clauses, { lits, left: 0, right: lits.length - 1, seen: 0 });
  if (tab.mask === T.object) for (const lit of lits) nameProps(tab, lit, 3);
}

/** Remembers which property constraints occur, so that required tags can decide them (tag entailment). */
function nameProps(tab: Tableau, lit: Lit, depth: number): void {
  const body = bodyOf(tab.solver.context.arena, lit);
  if (body.kind === 'and' && depth > 0 && body.of.length <= 64)
    for (const each of body.of) nameProps(tab, each, depth - 1);
  if (body.kind !== 'prop') return;
  let named = tab.propsNamed.get(body.key);
  if (named === undefined) {
    named = new Set();
    tab.propsNamed.set(body.key, named);
  }
  if (named.has(nodeOf(lit))) return;
  named.add(nodeOf(lit));
  // a constraint named after the tag was fixed is decided at once
  if (tab.required.has(body.key)) decideByTag(tab, body.key, [nodeOf(lit)]);
}

function expand(tab: Tableau, lit: Lit): boolean {
  const body = bodyOf(tab.solver.context.arena, lit);
  const positive = !isNegated(lit);
  switch (body.kind) {
    case 'and':
      if (positive) return body.of.every((each) => assert(tab, each));
      addClause(tab, body.of.map(negate));
      return true;
    case 'one':
      push(tab, tab.choices, { of: body.of, holds: positive });
      if (tab.mask === T.object) for (const each of body.of) nameProps(tab, each, 3);
      return true;
    case 'type': {
      const before = tab.mask;
      tab.mask &= positive ? body.mask : ~body.mask;
      tab.trail.push(() => {
        tab.mask = before;
      });
      return tab.mask !== 0;
    }
    case 'enum':
      push(tab, tab.facts, lit);
      if (!positive) excludeStructures(tab, body.values);
      return true;
    default:
      if (tab.mask === T.object) return expandObject(tab, body, lit, positive);
      push(tab, tab.facts, lit);
      return true;
  }
}

/** Differing from an object or array means differing in some part of it: then the theories can work with it. */
function excludeStructures(tab: Tableau, values: ReadonlyMap<string, Json>): void {
  const { arena } = tab.solver.context;
  for (const value of values.values()) {
    if ((maskOf(value) & tab.mask) === 0 || typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      const parts = value.map((each, index) => negate(item(arena, index, oneOfValues(arena, valueSet([each])))));
      const lengths = [counted(arena, 'minItems', value.length), counted(arena, 'maxItems', value.length)];
      addClause(tab, [...lengths.filter((lit) => lit !== 0).map(negate), ...parts]);
    } else {
      const names = Object.keys(value);
      const parts = Object.entries(value).flatMap(([key, each]) => [
        negate(has(arena, key)),
        negate(prop(arena, key, oneOfValues(arena, valueSet([each])))),
      ]);
      addClause(tab, [...parts, negate(pprop(arena, keySet(names, [], true), FALSE))]);
    }
  }
}

function expandObject(tab: Tableau, body: Body, lit: Lit, positive: boolean): boolean {
  const { arena } = tab.solver.context;
  switch (body.kind) {
    case 'has':
      include(tab, positive ? tab.required : tab.forbidden, body.key);
      touch(tab, body.key);
      if (positive) decideByTag(tab, body.key);
      return true;
    case 'prop':
      if (!positive && !assert(tab, has(arena, body.key))) return false;
      constrainKey(tab, body.key, positive ? body.lit : negate(body.lit));
      if (tab.required.has(body.key)) decideByTag(tab, body.key);
      return true;
    case 'pprop':
      if (positive) push(tab, tab.universals, { keys: body.keys, lit: body.lit });
      else push(tab, tab.existentials, { keys: body.keys, lit: negate(body.lit) });
      return true;
    default:
      push(tab, tab.facts, lit);
      return true;
  }
}

function touch(tab: Tableau, key: string): void {
  tab.touched.add(key);
}

function constrainKey(tab: Tableau, key: string, lit: Lit): void {
  let list = tab.byKey.get(key);
  if (list === undefined) {
    list = [];
    tab.byKey.set(key, list);
  }
  push(tab, list, lit);
  touch(tab, key);
}

/** A property that is there and has one of these values decides what other constraints on it say. */
function decideByTag(tab: Tableau, key: string, only?: readonly number[]): void {
  const constraints = tab.byKey.get(key);
  const named = only ?? tab.propsNamed.get(key);
  if (constraints === undefined || named === undefined) return;
  for (const constraint of constraints) {
    for (const node of named) {
      if (tab.assigned.has(node)) continue;
      const body = bodyOf(tab.solver.context.arena, node * 2);
      if (body.kind !== 'prop') continue;
      const decided = relation(tab, constraint, body.lit);
      if (decided === undefined) continue;
      // implied by what is already there: nothing further follows from it
      tab.assigned.set(node, decided);
      tab.trail.push(() => tab.assigned.delete(node));
    }
  }
}

/** true: everything that satisfies `known` satisfies `asked`; false: nothing does. */
function relation(tab: Tableau, known: Lit, asked: Lit): Truth {
  const { arena } = tab.solver.context;
  if (known === asked) return true;
  if (known === negate(asked)) return false;
  const mask = canBe(arena, known);
  if ((mask & canBe(arena, asked)) === 0) return false;
  if ((mask & canBe(arena, negate(asked))) === 0) return true;
  const [left, right] = [bodyOf(arena, known), bodyOf(arena, asked)];
  if (left.kind !== 'enum' || right.kind !== 'enum' || isNegated(known)) return undefined;
  let shared = 0;
  for (const value of left.values.keys()) if (right.values.has(value)) shared++;
  if (shared > 0 && shared < left.values.size) return undefined;
  return shared > 0 !== isNegated(asked);
}
