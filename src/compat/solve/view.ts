/** What the writers' schemas may declare at the value being searched, as far as the branch has decided which of them apply. */

import { containsKey } from '../evaluate/context.ts';
import { type KeySet, unionOf } from '../graph/keyset.ts';
import { type Lit, TRUE } from '../graph/node.ts';
import type { Part, Shape } from '../graph/shape.ts';
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

/** The names outside which a closed-world writer sends nothing; undefined: any name. A superset while conditions are open. */
export function allowedNames(view: View): KeySet | undefined {
  if (view.writers.length === 0 || view.writers.some((writer) => writer.shape.open)) return undefined;
  const certain = view.writers.some((writer) => writer.certain && declares(writer.shape));
  // without a certain declaration the object may be free-form
  return certain ? unionOf(view.writers.map((writer) => writer.shape.declared)) : undefined;
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

interface Parts {
  readonly inPlace: readonly Part[];
  readonly byKey: ReadonlyMap<string, readonly Part[]>;
  /** Parts that may apply to any key or item. */
  readonly rest: readonly Part[];
}

const cache = new WeakMap<Shape, Parts>();

function partsOf(shape: Shape): Parts {
  const known = cache.get(shape);
  if (known !== undefined) return known;
  const inPlace: Part[] = [];
  const byKey = new Map<string, Part[]>();
  const rest: Part[] = [];
  for (const part of shape.constraints.flatMap((constraint) => constraint.parts)) {
    const { step } = part;
    if (step.kind === 'same') {
      if (step.lends) inPlace.push(part);
    } else if (step.kind === 'key') byKey.set(step.key, [...(byKey.get(step.key) ?? []), part]);
    else rest.push(part);
  }
  const made = { inPlace, byKey, rest };
  cache.set(shape, made);
  return made;
}

/** The writers of the property `key`. */
export function writersOfKey(tab: Tableau, view: View, key: string): readonly Writer[] {
  const found: Writer[] = [];
  for (const { shape, certain } of view.writers) {
    const parts = partsOf(shape);
    for (const part of parts.byKey.get(key) ?? []) found.push({ shape: part.shape, certain });
    for (const part of parts.rest) {
      if (part.step.kind === 'keys') {
        const inside = containsKey(tab.solver.context, part.step.keys, key);
        if (inside !== false) found.push({ shape: part.shape, certain: certain && inside === true });
      } else if (part.step.kind === 'unevaluatedKeys') {
        if (!evaluated(tab, part, key)) found.push({ shape: part.shape, certain: false });
      }
    }
  }
  return distinct(found);
}

/** Whether some neighbour certainly evaluates `key`. */
function evaluated(tab: Tableau, { step }: Part, key: string): boolean {
  if (step.kind !== 'unevaluatedKeys') return false;
  return step.but.some(
    (group) =>
      group.when.every((lit) => truth(tab, lit) === true) &&
      (group.keys === 'all' || containsKey(tab.solver.context, group.keys, key) === true),
  );
}

/** The writers of the item at `index`. */
export function writersOfItem(view: View, index: number): readonly Writer[] {
  const found: Writer[] = [];
  for (const { shape, certain } of view.writers) {
    for (const { step, shape: inside } of partsOf(shape).rest) {
      if (step.kind === 'index' ? step.index === index : step.kind === 'indexes' && step.from <= index)
        found.push({ shape: inside, certain });
      else if (step.kind === 'unevaluatedItems') found.push({ shape: inside, certain: false });
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
