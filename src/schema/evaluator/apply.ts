/** Applies a schema to a value: all of its checks, or those up to the first that fails where nobody asks for more. */
import type { Json } from '../json.ts';
import { enterScope } from '../reference.ts';
import { type Frame, isSettled, type Node, type Outcome, type Step } from './step.ts';

export function apply(node: Node, value: Json, frame: Frame): Outcome {
  return node.isFlat ? applyFlat(node, value, frame) : applyDeep(node, value, frame);
}

function applyFlat({ checks }: Node, value: Json, frame: Frame): boolean {
  let isValid = true;
  for (const check of checks) {
    if (check(value, frame) === true) continue;
    if (isSettled(frame)) return false;
    isValid = false;
  }
  return isValid;
}

function* applyDeep({ location, checks }: Node, value: Json, around: Frame): Step {
  const { refs } = around.run;
  const frame = refs.dynamic ? { ...around, scope: enterScope(around.scope, location.resource, refs) } : around;
  let isValid = true;
  for (const check of checks) {
    const outcome = check(value, frame);
    if (typeof outcome === 'boolean' ? outcome : yield outcome) continue;
    if (isSettled(frame)) return false;
    isValid = false;
  }
  return isValid;
}
