/** Which removed property probably lives on under which new name: one of the same shape, as required as it was. */
import { keywordRow } from '../../../schema/dialect.ts';
import { isObject } from '../../../schema/json.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import type { Differ, Two } from '../change.ts';

/** Names compared with each other: past this an object was rewritten, not renamed in parts. */
const maxNames = 50;

export function renames(
  differ: Differ,
  two: Two,
  removed: ReadonlyMap<string, SchemaLocation>,
  added: ReadonlyMap<string, SchemaLocation>,
): readonly (readonly [from: string, to: string])[] {
  if (removed.size === 0 || added.size === 0 || removed.size > maxNames || added.size > maxNames) return [];
  const single = removed.size === 1 && added.size === 1;
  const candidates: { readonly from: string; readonly to: string; readonly score: number }[] = [];
  for (const [from, left] of removed)
    for (const [to, right] of added) {
      if (differ.shape('previous', left) !== differ.shape('next', right)) continue;
      if (two.previous.required.has(from) !== two.next.required.has(to)) continue;
      const score = similarity(from, to);
      if (single ? weight(right) > 0 : weight(right) > 1 ? score > 0.2 : score >= 0.5)
        candidates.push({ from, to, score });
    }
  candidates.sort(
    (left, right) => right.score - left.score || compareText(left.from, right.from) || compareText(left.to, right.to),
  );
  const found: (readonly [string, string])[] = [];
  const [goneNames, newNames] = [new Set<string>(), new Set<string>()];
  for (const { from, to } of candidates) {
    if (goneNames.has(from) || newNames.has(to)) continue;
    goneNames.add(from);
    newNames.add(to);
    found.push([from, to]);
  }
  return found;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** How telling a shape is: the constraints it states. Any two strings look alike. */
function weight({ schema, resource }: SchemaLocation): number {
  if (!isObject(schema)) return 0;
  return Object.keys(schema).filter((keyword) => {
    const role = keywordRow(keyword, resource.dialect)?.role;
    return role === 'assertion' || role === 'applicator' || keyword === '$ref';
  }).length;
}

/** Share of common letter pairs, case and separators aside: `user_id` and `userId` are 1. */
export function similarity(left: string, right: string): number {
  const [a, b] = [pairs(left), pairs(right)];
  if (a.length + b.length === 0) return plain(left) === plain(right) ? 1 : 0;
  const rest = [...b];
  let common = 0;
  for (const pair of a) {
    const at = rest.indexOf(pair);
    if (at < 0) continue;
    rest.splice(at, 1);
    common++;
  }
  return (2 * common) / (a.length + b.length);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\-. ]/g, '');
}

function pairs(name: string): readonly string[] {
  const letters = plain(name);
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, index) => letters.slice(index, index + 2));
}
