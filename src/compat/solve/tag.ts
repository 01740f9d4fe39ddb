/** Tag entailment: a property that is there with one of these values decides what other constraints on it say. */
import type { Truth } from '../evaluate/context.ts';
import { charge } from '../evaluate/meter.ts';
import { bodyOf, canBe } from '../graph/arena.ts';
import { isNegated, type Lit, negate, nodeOf } from '../graph/node.ts';
import { assign, type Tableau } from './tableau.ts';

/** Remembers which property constraints occur, so that required tags can decide them (tag entailment). */
export function nameProps(tab: Tableau, lit: Lit, depth: number): void {
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

/** A property that is there and has one of these values decides what other constraints on it say. */
export function decideByTag(tab: Tableau, key: string, only?: readonly number[]): void {
  const constraints = tab.byKey.get(key);
  const named = only ?? tab.propsNamed.get(key);
  if (constraints === undefined || named === undefined) return;
  for (const constraint of constraints) {
    charge(tab.solver.context.meter, only?.length ?? tab.propsNamed.get(key)?.size ?? 0);
    for (const node of named) {
      if (tab.assigned.has(node)) continue;
      const body = bodyOf(tab.solver.context.arena, node * 2);
      if (body.kind !== 'prop') continue;
      const decided = relation(tab, constraint, body.lit);
      if (decided === undefined) continue;
      // implied by what is already there: nothing further follows from it
      assign(tab, node, decided);
    }
  }
}

/** true: everything that satisfies `known` satisfies `asked`; false: nothing does. */
export function relation(tab: Tableau, known: Lit, asked: Lit): Truth {
  const { arena } = tab.solver.context;
  if (known === asked) return true;
  if (known === negate(asked)) return false;
  const mask = canBe(arena, known);
  if ((mask & canBe(arena, asked)) === 0) return false;
  if ((mask & canBe(arena, negate(asked))) === 0) return true;
  const [left, right] = [bodyOf(arena, known), bodyOf(arena, asked)];
  if (left.kind !== 'enum' || right.kind !== 'enum' || isNegated(known)) return undefined;
  charge(tab.solver.context.meter, left.values.size);
  let shared = 0;
  for (const value of left.values.keys()) if (right.values.has(value)) shared++;
  if (shared > 0 && shared < left.values.size) return undefined;
  return shared > 0 !== isNegated(asked);
}
