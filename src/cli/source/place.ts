/** Where in a source file a pointer of its schema stands, so that findings point at lines people can click. */

import { type Pointer, segments } from '../../schema/pointer.ts';
import { type Place, placeAt, scan } from '../../schema/scan.ts';

export type Locate = (pointer: Pointer) => Place;

const start: Place = { line: 1, column: 1 };

/** For JSON text. A pointer that is not there is placed at the nearest value above it. */
export function locateInJson(text: string): Locate {
  let offsets: ReadonlyMap<Pointer, number> | undefined;
  return (pointer) => {
    offsets ??= scan(text, { maxDepth: Number.POSITIVE_INFINITY, places: true }).offsets;
    const offset = nearestOffset(offsets, pointer);
    return offset === undefined ? start : placeAt(text, offset);
  };
}

/** For TypeScript: the first line that spells the deepest member name of the pointer as a key. */
export function locateInTypeScript(text: string): Locate {
  return (pointer) => {
    const names = segments(pointer).filter((segment) => /^[A-Za-z_$][\w$]*$/.test(segment) && !structural.has(segment));
    for (const name of names.toReversed()) {
      const match = new RegExp(`(^|[\\s{,])(["']?)${name.replaceAll('$', '\\$')}\\2\\s*:`, 'm').exec(text);
      if (match) return placeAt(text, match.index + (match[1]?.length ?? 0));
    }
    return start;
  };
}

const structural: ReadonlySet<string> = new Set([
  'properties',
  'items',
  'anyOf',
  'oneOf',
  'allOf',
  'required',
  'type',
  'enum',
  'const',
]);

export function nearestOffset(offsets: ReadonlyMap<Pointer, number>, pointer: Pointer): number | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const offset = offsets.get(at);
    if (offset !== undefined || at === '') return offset;
  }
}
