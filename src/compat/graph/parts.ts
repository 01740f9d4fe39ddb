/** The parts of a shape, indexed by what they apply to; made once for each shape. */
import type { Part, Shape } from './shape.ts';

export interface Parts {
  /** Subschemas for the same value whose declarations count. */
  readonly inPlace: readonly Part[];
  readonly byKey: ReadonlyMap<string, readonly Part[]>;
  /** Parts that may apply to any key or item. */
  readonly rest: readonly Part[];
}

const cache = new WeakMap<Shape, Parts>();

export function partsOf(shape: Shape): Parts {
  const known = cache.get(shape);
  if (known !== undefined) return known;
  const inPlace: Part[] = [];
  const byKey = new Map<string, Part[]>();
  const rest: Part[] = [];
  for (const constraint of shape.constraints) {
    for (const part of constraint.parts) {
      const { step } = part;
      if (step.kind === 'key') add(byKey, step.key, part);
      else if (step.kind !== 'same') rest.push(part);
      else if (step.lends) inPlace.push(part);
    }
  }
  const made = { inPlace, byKey, rest };
  cache.set(shape, made);
  return made;
}

function add(byKey: Map<string, Part[]>, key: string, part: Part): void {
  const list = byKey.get(key);
  if (list === undefined) byKey.set(key, [part]);
  else list.push(part);
}
