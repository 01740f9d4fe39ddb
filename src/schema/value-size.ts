/** Depth and number of JSON values, without recursion: to be asked before anything recursive meets a value of a stranger. */
import { isArray, isObject, type Json } from './json.ts';

export interface ValueSize {
  /** Levels: 1 for a plain value or an empty array. */
  readonly depth: number;
  readonly values: number;
}

export function measure(value: Json): ValueSize {
  let values = 0;
  let depth = 0;
  for (let level: readonly Json[] = [value]; level.length > 0; depth++) {
    values += level.length;
    const below: Json[] = [];
    for (const each of level) {
      if (isArray(each)) for (const item of each) below.push(item);
      else if (isObject(each)) for (const item of Object.values(each)) below.push(item);
    }
    level = below;
  }
  return { depth, values };
}
