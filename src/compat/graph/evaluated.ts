/**
 * What the keywords beside an `unevaluated*` keyword evaluate, and under which conditions (core §11, unevaluated vocabulary).
 * A subschema that failed evaluates nothing, so its share stands under the condition that it holds.
 */
import { keySet } from './keyset.ts';
import { type EvaluatedItems, type EvaluatedKeys, type Lit, TRUE } from './node.ts';
import type { Part, Shape } from './shape.ts';

/** undefined: too many combinations of schemas decide it. */
export function evaluatedKeys(shape: Shape): readonly EvaluatedKeys[] | undefined {
  const found: EvaluatedKeys[] = [];
  const isComplete = visit(shape, (at, when) => {
    if (at.evaluatesAllKeys && at !== shape) found.push({ when, keys: 'all' });
    else for (const constraint of at.constraints) found.push(...keysOf(constraint.parts, when));
  });
  return isComplete ? found : undefined;
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

export function evaluatedItems(shape: Shape): readonly EvaluatedItems[] | undefined {
  const found: EvaluatedItems[] = [];
  const isComplete = visit(shape, (at, when) => {
    const all = at === shape ? ownTail(at) : at.evaluatesAllItems;
    if (all) found.push({ when, prefix: Infinity });
    else if (at.tuple !== undefined) found.push({ when, prefix: at.tuple });
    if (at.matching !== undefined && !all) found.push({ when, prefix: 0, matching: at.matching });
  });
  return isComplete ? found : undefined;
}

/** `items` or `additionalItems`, but not the `unevaluatedItems` that asks. */
function ownTail(shape: Shape): boolean {
  return shape.constraints.some((constraint) => constraint.parts.some((part) => part.step.kind === 'indexes'));
}

/** Ways to a schema in place, each with its conditions: past this many what is evaluated is taken as unknown. */
const maxWays = 10_000;

interface Way {
  readonly shape: Shape;
  readonly when: readonly Lit[];
  readonly from: Way | undefined;
}

/** `shape` and every schema in place below it that lends what it evaluates; conditions grow on the way. False: too many ways. */
function visit(start: Shape, report: (shape: Shape, when: readonly Lit[]) => void): boolean {
  const waiting: Way[] = [{ shape: start, when: [], from: undefined }];
  let ways = 0;
  for (let way = waiting.pop(); way !== undefined; way = waiting.pop()) {
    if (isRepeated(way)) continue;
    if (++ways > maxWays) return false;
    const { shape, when } = way;
    report(shape, when);
    const inside: Way[] = [];
    for (const constraint of shape.constraints) {
      for (const { step, shape: below } of constraint.parts) {
        if (step.kind !== 'same' || !step.lends) continue;
        const isGiven = step.when === TRUE || when.includes(step.when);
        // a shape reached twice lends twice: each way has its own conditions
        inside.push({ shape: below, when: isGiven ? when : [...when, step.when], from: way });
      }
    }
    waiting.push(...inside.reverse());
  }
  return true;
}

function isRepeated({ shape, from }: Way): boolean {
  for (let above = from; above !== undefined; above = above.from) if (above.shape === shape) return true;
  return false;
}
