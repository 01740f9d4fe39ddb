/** How many properties and items the open alternatives of a branch ask for, and how many properties they allow. */
import { charge } from '../evaluate/meter.ts';
import { bodyOf } from '../graph/arena.ts';
import { has } from '../graph/atom.ts';
import { FALSE, isNegated, type Lit } from '../graph/node.ts';
import type { Demand } from './array.ts';
import { exclusionsAmong, impliedBy, openNeeds, placesOf } from './exclusion.ts';
import type { Objects } from './object.ts';
import type { Tableau } from './tableau.ts';
import { relation } from './tag.ts';

/** There are at least so many properties: the required ones, and those that alternatives with no name in common ask for. */
export function leastProperties(tab: Tableau): number {
  const counted = new Set<string>(tab.required);
  let least = counted.size;
  const needs = openNeeds(tab).map((lits) => lits.map((lit) => namesAskedFor(tab, lit)));
  for (const alternatives of needs.sort((one, other) => one.length - other.length)) {
    const names = new Set(alternatives.flat());
    charge(tab.solver.context.meter, names.size);
    if ([...names].some((name) => counted.has(name))) continue;
    least += Math.min(...alternatives.map((each) => each.length));
    for (const name of names) counted.add(name);
  }
  return least;
}

/** The properties that have to be there, beside the required ones, where the literal holds. */
function namesAskedFor(tab: Tableau, literal: Lit): readonly string[] {
  const names = new Set<string>();
  for (const lit of impliedBy(tab, literal)) {
    const body = bodyOf(tab.solver.context.arena, lit);
    const isThere = body.kind === 'has' ? !isNegated(lit) : body.kind === 'prop' && isNegated(lit);
    if (isThere && 'key' in body) names.add(body.key);
  }
  return [...names];
}

/** There are at most so many properties: Infinity where names are not listed. */
export function mostProperties(objects: Objects): number {
  const { tab } = objects;
  const allowed = allowedNames(objects);
  if (allowed === undefined) return Number.POSITIVE_INFINITY;
  const lits = allowed.filter((name) => !tab.forbidden.has(name)).map((name) => has(tab.solver.context.arena, name));
  const places = placesOf(tab, lits, exclusionsAmong(tab, new Set(lits)), () => undefined);
  return new Set(places.values()).size;
}

/** undefined: any number of names. */
function allowedNames({ tab, universals }: Objects): readonly string[] | undefined {
  let allowed: readonly string[] | undefined;
  for (const { keys, lit } of universals) {
    if (lit !== FALSE || !keys.complement || keys.patterns.length > 0 || keys.schemas.length > 0) continue;
    charge(tab.solver.context.meter, keys.names.length);
    const names = new Set(keys.names);
    allowed = allowed === undefined ? [...names] : allowed.filter((name) => names.has(name));
  }
  return allowed;
}

/** There are at least so many items: what is demanded, and what alternatives demand, of kinds of items that exclude one another. */
export function leastItems(tab: Tableau, demands: readonly Demand[]): number {
  const asserted = demands.map((demand) => [[demand]]);
  const open = openNeeds(tab).map((lits) => lits.map((lit) => itemsAskedFor(tab, lit)));
  const counted: Lit[] = [];
  let least = 0;
  for (const alternatives of [...asserted, ...open.sort((one, other) => one.length - other.length)]) {
    const lits = alternatives.flat().map(({ lit }) => lit);
    charge(tab.solver.context.meter, lits.length * counted.length);
    if (lits.some((lit) => counted.some((other) => relation(tab, lit, other) !== false))) continue;
    least += Math.min(...alternatives.map((each) => Math.max(0, ...each.map(({ count }) => count))));
    counted.push(...lits);
  }
  return least;
}

type Asked = Pick<Demand, 'lit' | 'count'>;

function itemsAskedFor(tab: Tableau, literal: Lit): readonly Asked[] {
  return [...impliedBy(tab, literal)].flatMap((lit) => {
    const body = bodyOf(tab.solver.context.arena, lit);
    return body.kind === 'atLeast' && !isNegated(lit) ? [{ lit: body.lit, count: body.count }] : [];
  });
}
