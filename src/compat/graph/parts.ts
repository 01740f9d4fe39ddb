/** The parts of a shape, indexed by what they apply to; made once for each shape. */
import type { Part, Parts, Shape } from './shape.ts';

/** Of a shape that is compiled; kept in it, since these are asked for at every turn and a weak map is slow to ask. */
export function partsOf(shape: Shape): Parts {
  if (shape.parts !== undefined) return shape.parts;
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
  shape.parts = made;
  return made;
}

function add(byKey: Map<string, Part[]>, key: string, part: Part): void {
  const list = byKey.get(key);
  if (list === undefined) byKey.set(key, [part]);
  else list.push(part);
}
