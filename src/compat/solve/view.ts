/** What the writers' schemas may declare at the value being searched, as far as the branch has decided which of them apply. */

import type { Truth } from '../evaluate/context.ts';
import { containsKey } from '../evaluate/holds.ts';
import { charge } from '../evaluate/meter.ts';
import { complementOf, type KeySet, unionOf } from '../graph/keyset.ts';
import { type EvaluatedKeys, type Lit, TRUE } from '../graph/node.ts';
import { partsOf } from '../graph/parts.ts';
import type { Shape } from '../graph/shape.ts';
import type { Writer } from './solver.ts';
import { type Tableau, truth } from './tableau.ts';

export interface View {
  readonly writers: readonly Writer[];
  /** Conditions on which it depends whether a schema applies. */
  readonly open: readonly Lit[];
}

const none: View = { writers: [], open: [] };

export function viewOf(tab: Tableau): View {
  if (tab.goal.writers.length === 0) return none;
  const found = new Map<Shape, boolean>();
  const open: Lit[] = [];
  const queue: Writer[] = [...tab.goal.writers];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const known = found.get(at.shape);
    if (known === true || known === at.certain) continue;
    found.set(at.shape, at.certain);
    charge(tab.solver.context.meter, 4 + 3 * partsOf(at.shape).inPlace.length);
    for (const { step, shape } of partsOf(at.shape).inPlace) {
      if (step.kind !== 'same') continue;
      const applies = step.when === TRUE ? true : truth(tab, step.when);
      if (applies === false) continue;
      if (applies === undefined) open.push(step.when);
      queue.push({ shape, certain: at.certain && applies === true });
    }
  }
  return { writers: [...found].map(([shape, certain]) => ({ shape, certain })), open };
}

/** The names a closed-world writer never sends; undefined: there are none. Fewer than that while conditions are open. */
export function undeclaredNames(tab: Tableau, view: View): KeySet | undefined {
  if (view.writers.length === 0 || view.writers.some((writer) => writer.shape.open)) return undefined;
  // without a certain declaration the object may be free-form
  if (!view.writers.some((writer) => writer.certain && declares(writer.shape))) return undefined;
  const key = view.writers.map((writer) => writer.shape.id).join(',');
  let known = tab.solver.undeclared.get(key);
  if (known === undefined) {
    known = complementOf(unionOf(view.writers.map((writer) => writer.shape.declared)));
    tab.solver.undeclared.set(key, known);
  }
  return known;
}

function declares(shape: Shape): boolean {
  return shape.declared.names.length + shape.declared.patterns.length > 0;
}

/** The longest array a closed-world writer sends; a superset while conditions are open. */
export function allowedItems(view: View): number {
  if (view.writers.some((writer) => writer.shape.tail)) return Number.POSITIVE_INFINITY;
  if (!view.writers.some((writer) => writer.certain && writer.shape.tuple !== undefined))
    return Number.POSITIVE_INFINITY;
  return Math.max(...view.writers.map((writer) => writer.shape.tuple ?? 0));
}

/** The writers of the property `key`. */
export function writersOfKey(tab: Tableau, view: View, key: string): readonly Writer[] {
  const found: Writer[] = [];
  charge(tab.solver.context.meter, 3 * view.writers.length);
  for (const { shape, certain } of view.writers) {
    const parts = partsOf(shape);
    for (const part of parts.byKey.get(key) ?? []) found.push({ shape: part.shape, certain });
    for (const part of parts.rest) {
      if (part.step.kind === 'keys') {
        const inside = containsKey(tab.solver.context, part.step.keys, key);
        if (inside !== false) found.push({ shape: part.shape, certain: certain && inside === true });
      } else if (part.step.kind === 'unevaluatedKeys') {
        const left = isLeft(tab, part.step.but, (group) => covers(tab, group, key));
        if (left !== false) found.push({ shape: part.shape, certain: certain && left === true });
      }
    }
  }
  return distinct(found);
}

function covers(tab: Tableau, group: EvaluatedKeys, key: string): Truth {
  return group.keys === 'all' ? true : containsKey(tab.solver.context, group.keys, key);
}

/** Whether no neighbour evaluates the place; undefined while that depends on open conditions. */
function isLeft<G extends { readonly when: readonly Lit[] }>(
  tab: Tableau,
  groups: readonly G[],
  covering: (group: G) => Truth,
): Truth {
  let left: Truth = true;
  for (const group of groups) {
    const inside = covering(group);
    if (inside === false) continue;
    const known = group.when.map((lit) => truth(tab, lit));
    if (known.includes(false)) continue;
    if (inside === true && !known.includes(undefined)) return false;
    left = undefined;
  }
  return left;
}

/** The writers of the item at `index`. */
export function writersOfItem(tab: Tableau, view: View, index: number): readonly Writer[] {
  const found: Writer[] = [];
  for (const { shape, certain } of view.writers) {
    for (const { step, shape: inside } of partsOf(shape).rest) {
      if (step.kind === 'index' ? step.index === index : step.kind === 'indexes' && step.from <= index)
        found.push({ shape: inside, certain });
      else if (step.kind === 'unevaluatedItems') {
        const left = isLeft(
          tab,
          step.but,
          (group) => index < group.prefix || (group.matching === undefined ? false : undefined),
        );
        if (left !== false) found.push({ shape: inside, certain: certain && left === true });
      }
    }
  }
  return distinct(found);
}

function distinct(writers: readonly Writer[]): readonly Writer[] {
  if (writers.length < 2) return writers;
  const found = new Map<Shape, boolean>();
  for (const { shape, certain } of writers) found.set(shape, certain || found.get(shape) === true);
  return [...found].map(([shape, certain]) => ({ shape, certain }));
}
