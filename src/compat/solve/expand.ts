/** What an asserted literal says of the value, by its kind. */
import type { Json } from '../../schema/json.ts';
import { charge } from '../evaluate/meter.ts';
import { bodyOf } from '../graph/arena.ts';
import { counted, has, item, pprop, prop } from '../graph/atom.ts';
import { oneOfValues, valueSet } from '../graph/connective.ts';
import { keySet } from '../graph/keyset.ts';
import { type Body, FALSE, isNegated, type Lit, maskOf, negate, T } from '../graph/node.ts';
import { assert, include, push, restrict, type Tableau } from './tableau.ts';
import { decideByTag, nameProps } from './tag.ts';

export function addClause(tab: Tableau, lits: readonly Lit[]): void {
  charge(tab.solver.context.meter, lits.length * 2);
  push(tab, tab.clauses, { lits, left: 0, right: lits.length - 1, seen: 0 });
  if (tab.mask === T.object) for (const lit of lits) nameProps(tab, lit, 3);
}

export function expand(tab: Tableau, lit: Lit): boolean {
  const body = bodyOf(tab.solver.context.arena, lit);
  const positive = !isNegated(lit);
  switch (body.kind) {
    case 'and':
      if (positive) return assertAll(tab, body.of);
      addClause(tab, body.of.map(negate));
      return true;
    case 'one':
      push(tab, tab.choices, { of: body.of, holds: positive });
      if (tab.mask === T.object) for (const each of body.of) nameProps(tab, each, 3);
      return true;
    case 'type':
      restrict(tab, positive ? body.mask : ~body.mask);
      return tab.mask !== 0;
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

function assertAll(tab: Tableau, lits: readonly Lit[]): boolean {
  for (const lit of lits) if (!assert(tab, lit)) return false;
  return true;
}

/** Differing from an object or array means differing in some part of it: then the theories can work with it. */
function excludeStructures(tab: Tableau, values: ReadonlyMap<string, Json>): void {
  const { arena } = tab.solver.context;
  for (const value of values.values()) {
    if ((maskOf(value) & tab.mask) === 0 || typeof value !== 'object' || value === null) continue;
    charge(tab.solver.context.meter, 8 * Object.keys(value).length);
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
  tab.beyond.add(key);
  push(tab, list, lit);
  touch(tab, key);
}
