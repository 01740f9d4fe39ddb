/**
 * What the keywords beside an `unevaluated*` keyword evaluate, and under which conditions (core §11, unevaluated vocabulary).
 * A subschema that failed evaluates nothing, so its share stands under the condition that it holds.
 */
import { keySet } from './keyset.ts';
import { type EvaluatedItems, type EvaluatedKeys, type Lit, TRUE } from './node.ts';
import type { Part, Shape } from './shape.ts';

export function evaluatedKeys(shape: Shape): readonly EvaluatedKeys[] {
  const found: EvaluatedKeys[] = [];
  visit(shape, [], new Set(), (at, when) => {
    if (at.evaluatesAllKeys && at !== shape) found.push({ when, keys: 'all' });
    else for (const constraint of at.constraints) found.push(...keysOf(constraint.parts, when));
  });
  return found;
}

function keysOf(parts: readonly Part[], when: readonly Lit[]): readonly EvaluatedKeys[] {
  const names: string[] = [];
  const patterns: string[] = [];
  let all = false;
  for (const { step } of parts) {
    if (step.kind === 'key') names.push(step.key);
    else if (step.kind === 'unevaluatedKeys') continue;
    else if (step.kind === 'keys' && step.keys.complement) all = true;
    else if (step.kind === 'keys') patterns.push(...step.keys.patterns);
  }
  if (all) return [{ when, keys: 'all' }];
  return names.length + patterns.length === 0 ? [] : [{ when, keys: keySet(names, patterns) }];
}

export function evaluatedItems(shape: Shape): readonly EvaluatedItems[] {
  const found: EvaluatedItems[] = [];
  visit(shape, [], new Set(), (at, when) => {
    const all = at === shape ? ownTail(at) : at.evaluatesAllItems;
    if (all) found.push({ when, prefix: Infinity });
    else if (at.tuple !== undefined) found.push({ when, prefix: at.tuple });
    if (at.matching !== undefined && !all) found.push({ when, prefix: 0, matching: at.matching });
  });
  return found;
}

/** `items` or `additionalItems`, but not the `unevaluatedItems` that asks. */
function ownTail(shape: Shape): boolean {
  return shape.constraints.some((constraint) => constraint.parts.some((part) => part.step.kind === 'indexes'));
}

/** `shape` and every schema in place below it that lends what it evaluates; conditions grow on the way. */
function visit(
  shape: Shape,
  when: readonly Lit[],
  seen: Set<Shape>,
  report: (shape: Shape, when: readonly Lit[]) => void,
): void {
  if (seen.has(shape)) return;
  seen.add(shape);
  report(shape, when);
  for (const constraint of shape.constraints) {
    for (const { step, shape: inside } of constraint.parts) {
      if (step.kind !== 'same' || !step.lends) continue;
      // each path has its own conditions: a shape reached twice lends twice
      visit(
        inside,
        step.when === TRUE || when.includes(step.when) ? when : [...when, step.when],
        new Set(seen),
        report,
      );
    }
  }
}
