/** Where in a source file a pointer of its schema stands, so that findings point at lines people can click. */
import { syntaxFlaw } from '../../schema/json-syntax.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { positionAt, scan, type TextPosition } from '../../schema/scan.ts';

export type Locate = (pointer: Pointer) => TextPosition;

export const start: TextPosition = { line: 1, column: 1 };

/** For JSON text. A pointer that is not there is placed at the nearest value above it; in text that is no JSON, where it stops being so. */
export function locateInJson(text: string): Locate {
  let offsets: ReadonlyMap<Pointer, number> | undefined;
  return (pointer) => {
    const flaw = pointer === '' ? syntaxFlaw(text) : undefined;
    if (flaw) return positionAt(text, flaw.offset);
    offsets ??= scan(text, { maxDepth: Number.POSITIVE_INFINITY, places: true }).offsets;
    const offset = nearestOffset(offsets, pointer);
    return offset === undefined ? start : positionAt(text, offset);
  };
}

export function nearestOffset(offsets: ReadonlyMap<Pointer, number>, pointer: Pointer): number | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const offset = offsets.get(at);
    if (offset !== undefined || at === '') return offset;
  }
}
