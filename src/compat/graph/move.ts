/** Bodies, steps and shapes whose literals are replaced by others. */
import type { KeySet } from './keyset.ts';
import type { Body, Lit } from './node.ts';
import type { Shape, Step } from './shape.ts';

function moveKeys(keys: KeySet, move: (lit: Lit) => Lit): KeySet {
  return keys.schemas.length === 0 ? keys : { ...keys, schemas: keys.schemas.map(move) };
}

export function moveBody(body: Body, move: (lit: Lit) => Lit): Body {
  switch (body.kind) {
    case 'and':
    case 'one':
      return { ...body, of: body.of.map(move).sort((a, b) => a - b) };
    case 'item':
    case 'items':
    case 'atLeast':
    case 'atMost':
    case 'prop':
      return { ...body, lit: move(body.lit) };
    case 'pprop':
      return { ...body, lit: move(body.lit), keys: moveKeys(body.keys, move) };
    case 'unevaluatedKeys': {
      const but = body.but.map((group) => ({
        when: group.when.map(move),
        keys: group.keys === 'all' ? group.keys : moveKeys(group.keys, move),
      }));
      return { ...body, lit: move(body.lit), but };
    }
    case 'unevaluatedItems':
      return { ...body, lit: move(body.lit), but: body.but.map((group) => moveItems(group, move)) };
    default:
      return body;
  }
}

function moveItems<G extends { readonly when: readonly Lit[]; readonly matching?: Lit }>(
  group: G,
  move: (lit: Lit) => Lit,
): G {
  const when = group.when.map(move);
  return group.matching === undefined ? { ...group, when } : { ...group, when, matching: move(group.matching) };
}

function moveStep(step: Step, move: (lit: Lit) => Lit): Step {
  if (step.kind === 'same') return { ...step, when: move(step.when) };
  if (step.kind === 'unevaluatedItems') return { ...step, but: step.but.map((group) => moveItems(group, move)) };
  if (step.kind !== 'unevaluatedKeys') return step;
  return { ...step, but: step.but.map((group) => ({ ...group, when: group.when.map(move) })) };
}

export function moveShape(shape: Shape, move: (lit: Lit) => Lit): void {
  shape.lit = move(shape.lit);
  shape.parts = undefined;
  if (shape.matching !== undefined) shape.matching = move(shape.matching);
  shape.constraints.forEach((constraint, at) => {
    const parts = constraint.parts.map((part) => ({ ...part, step: moveStep(part.step, move) }));
    shape.constraints[at] = { ...constraint, lit: move(constraint.lit), parts };
  });
}
