/** `unevaluated*` inside the search: once a branch has decided which neighbours hold, it is an ordinary constraint on what is left. */
import { bodyOf } from '../graph/arena.ts';
import { complementOf, unionOf } from '../graph/keyset.ts';
import { type Body, isNegated, type Lit } from '../graph/node.ts';
import { type Tableau, truth, type Universal } from './tableau.ts';

type Asked = Extract<Body, { kind: 'unevaluatedKeys' | 'unevaluatedItems' }>;

export function unevaluatedFacts(tab: Tableau): readonly { readonly body: Asked; readonly positive: boolean }[] {
  const found: { body: Asked; positive: boolean }[] = [];
  for (const lit of tab.facts) {
    const body = bodyOf(tab.solver.context.arena, lit);
    if (body.kind === 'unevaluatedKeys' || body.kind === 'unevaluatedItems')
      found.push({ body, positive: !isNegated(lit) });
  }
  return found;
}

/** A condition on which an `unevaluated*` of this branch still depends. */
export function openConditions(tab: Tableau): Lit | undefined {
  for (const { body } of unevaluatedFacts(tab)) {
    for (const group of body.but) {
      const open = group.when.find((lit) => truth(tab, lit) === undefined);
      if (open !== undefined && group.when.every((lit) => truth(tab, lit) !== false)) return open;
    }
  }
  return undefined;
}

/** The properties that are left over, as a constraint; undefined while conditions are open, null where nothing is left. */
export function leftKeys(
  tab: Tableau,
  body: Extract<Asked, { kind: 'unevaluatedKeys' }>,
): Universal['keys'] | undefined | null {
  const applied = [];
  for (const group of body.but) {
    const known = group.when.map((lit) => truth(tab, lit));
    if (known.includes(false)) continue;
    if (known.includes(undefined)) return undefined;
    if (group.keys === 'all') return null;
    applied.push(group.keys);
  }
  return complementOf(unionOf(applied));
}

/** The items that are left over: from a position on, unless they match. */
export function leftItems(
  tab: Tableau,
  body: Extract<Asked, { kind: 'unevaluatedItems' }>,
): { readonly from: number; readonly matching: readonly Lit[] } | undefined {
  let from = 0;
  const matching: Lit[] = [];
  for (const group of body.but) {
    const known = group.when.map((lit) => truth(tab, lit));
    if (known.includes(false)) continue;
    if (known.includes(undefined)) return undefined;
    from = Math.max(from, group.prefix);
    if (group.matching !== undefined) matching.push(group.matching);
  }
  return { from, matching };
}
