/**
 * Other arrays in the place of those in a value: every short array over a few items. Which position an item has, how many there
 * are and whether two are equal is decided by counting, where a search by hand errs most easily.
 */
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { type Body, maskOf } from '../graph/node.ts';
import type { Case } from './witness.ts';

/** Keywords that look at more than one item, or at an item's position. */
const counting: ReadonlySet<Body['kind']> = new Set([
  'unique',
  'item',
  'atLeast',
  'atMost',
  'unevaluatedItems',
  'minItems',
  'maxItems',
]);

const maxItems = 5;
const maxLength = 3;
/** Values shown for one proof. */
const maxVariants = 400;
const maxNesting = 8;

export function arrayVariants({ context: { arena } }: Case, samples: readonly Json[]): readonly Json[] {
  if (!arena.nodes.some(({ body }) => counting.has(body.kind))) return [];
  const arrays = samples.flatMap((sample) => arraysIn(sample, (part) => part, 0));
  const found: Json[] = [];
  for (const { items, rebuild } of arrays) {
    for (const other of shortArrays(itemsToTry(items))) {
      if (found.length >= maxVariants) return found;
      found.push(rebuild(other));
    }
  }
  return found;
}

interface ArrayPart {
  readonly items: readonly Json[];
  /** The whole value with another array here. */
  readonly rebuild: (items: readonly Json[]) => Json;
}

function arraysIn(value: Json, rebuild: (part: Json) => Json, nesting: number): readonly ArrayPart[] {
  if (nesting > maxNesting) return [];
  if (isArray(value)) return [{ items: value, rebuild }];
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    arraysIn(part, (other) => rebuild(withMember(value, key, other)), nesting + 1),
  );
}

function withMember(object: JsonObject, key: string, value: Json): JsonObject {
  return { ...object, [key]: value };
}

/** Those the sample has, and then plain values of other types. */
function itemsToTry(items: readonly Json[]): readonly Json[] {
  const tried = new Map(items.map((item) => [JSON.stringify(item), item]));
  const types = new Set([...tried.values()].map(maskOf));
  const others = [0, 'a', true, null].filter((item) => !types.has(maskOf(item)));
  return [...tried.values(), ...others].slice(0, maxItems);
}

function shortArrays(items: readonly Json[]): readonly (readonly Json[])[] {
  let last: readonly (readonly Json[])[] = [[]];
  const found = [...last];
  for (let length = 1; length <= maxLength; length++) {
    last = last.flatMap((shorter) => items.map((item) => [...shorter, item]));
    found.push(...last);
  }
  return found;
}
