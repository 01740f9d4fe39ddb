/** A bound on what references can multiply: an `anyOf` of two recursive branches doubles with each level of the event. */
import type { Json } from './json.ts';

/** More references were followed than any ordinary event needs. */
export class WorkExceeded extends Error {}

/** References that one validation may follow. */
export const maxReferences = 1_000_000;
/** The first references of a validation cost one each, whatever they meet: a chain as long as events may be deep is ordinary. */
const unweighedReferences = 300;

export interface Work {
  left: number;
  /** Where `left` is below, it matters what references meet. */
  readonly weighedFrom: number;
}

export function newWork(references = maxReferences): Work {
  return { left: references, weighedFrom: references - unweighedReferences };
}

/**
 * Each reference takes one from `work`; without any left the validation ends in `WorkExceeded`. Past the first few one also takes by
 * the size of the value it meets: a bound on the number of references is none on time when each looks at a megabyte.
 */
export function followReference(work: Work, value: Json): void {
  work.left -= work.left < work.weighedFrom ? 1 + weightOf(value) / 100 : 1;
  if (work.left < 0) throw new WorkExceeded();
}

const weights = new WeakMap<object, number>();

/** Characters and values in it, names aside. Events nest within `maxEventDepth`. */
function weightOf(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  let weight = weights.get(value);
  if (weight === undefined) {
    weight = Object.values(value).reduce<number>((sum, each) => sum + weightOf(each), 1);
    weights.set(value, weight);
  }
  return weight;
}
