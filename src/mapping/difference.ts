/** Where two events differ, by place: never by value. */
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import { append, type Pointer } from '../schema/pointer.ts';

export interface Difference {
  readonly pointer: Pointer;
  /** missing: the first alone has it. unexpected: the second alone. different: both, but not alike. */
  readonly kind: 'missing' | 'unexpected' | 'different';
}

/** The order of members is no difference. At maxDifferences `maxDifferences` are listed. */
export function differences(first: Json, second: Json, maxDifferences = 100): readonly Difference[] {
  const found: Difference[] = [];
  collect(first, second, '', found, maxDifferences);
  return found;
}

function collect(first: Json, second: Json, pointer: Pointer, found: Difference[], maxDifferences: number): void {
  if (found.length >= maxDifferences || first === second) return;
  if (isArray(first) && isArray(second)) collectItems(first, second, pointer, found, maxDifferences);
  else if (isObject(first) && isObject(second))
    for (const name of new Set([...Object.keys(first), ...Object.keys(second)]))
      collectPart(member(first, name), member(second, name), append(pointer, name), found, maxDifferences);
  else found.push({ pointer, kind: 'different' });
}

function collectItems(
  first: readonly Json[],
  second: readonly Json[],
  pointer: Pointer,
  found: Difference[],
  maxDifferences: number,
): void {
  for (let index = 0; index < Math.max(first.length, second.length); index += 1)
    collectPart(first[index], second[index], append(pointer, index), found, maxDifferences);
}

function collectPart(
  left: Json | undefined,
  right: Json | undefined,
  pointer: Pointer,
  found: Difference[],
  maxDifferences: number,
): void {
  if (found.length >= maxDifferences) return;
  if (left === undefined) found.push({ pointer, kind: 'unexpected' });
  else if (right === undefined) found.push({ pointer, kind: 'missing' });
  else collect(left, right, pointer, found, maxDifferences);
}
