/** JSON Pointer, RFC 6901. A pointer is `''` or starts with `/`; findings print it as `#` + pointer. */
import { isArray, isObject, type Json, member } from './json.ts';

export type Pointer = string;

export function escapeSegment(segment: string): string {
  if (!segment.includes('~') && !segment.includes('/')) return segment;
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

export function append(pointer: Pointer, ...segments: readonly (string | number)[]): Pointer {
  let at = pointer;
  for (const segment of segments) at += `/${escapeSegment(String(segment))}`;
  return at;
}

export function segments(pointer: Pointer): readonly string[] {
  return pointer === '' ? [] : pointer.slice(1).split('/').map(unescapeSegment);
}

export function isPointer(text: string): boolean {
  return text === '' || (text.startsWith('/') && !/~(?![01])/.test(text));
}

/** The value at `pointer`, or undefined where there is none. */
export function resolve(root: Json, pointer: Pointer): Json | undefined {
  let at: Json | undefined = root;
  for (const segment of segments(pointer)) {
    if (isArray(at)) at = /^(0|[1-9]\d*)$/.test(segment) ? at[Number(segment)] : undefined;
    else if (isObject(at)) at = member(at, segment);
    else return undefined;
  }
  return at;
}
