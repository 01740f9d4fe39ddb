/** Cursors: where a list goes on, as the key of the last row shown. A made-up one is refused, never guessed at. */
import * as z from 'zod';
import { Fault } from '../errors.ts';
import type { Page } from '../registry/ports.ts';

/** A cursor of the list `kind` whose key has this shape. */
export function encodeCursor(kind: string, key: string | number): string {
  return Buffer.from(JSON.stringify([kind, key])).toString('base64url');
}

export function decodeCursor<T extends string | number>(
  kind: string,
  shape: z.ZodType<T>,
  cursor: string | undefined,
): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    const read = z.tuple([z.literal(kind), shape]).parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return read[1];
  } catch (cause) {
    throw new Fault('CURSOR_INVALID', {}, { cause });
  }
}

export const nameKey = z.string().max(400);
export const numberKey = z.int().nonnegative();

/** One page of `rows`, which were asked for with one more than `limit`: that one says whether there is another page. */
export function pageOf<T, R>(
  rows: readonly T[],
  limit: number,
  item: (row: T) => R,
  cursor: (last: T) => string,
): Page<R> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(item), ...(more ? { cursor: cursor(last) } : {}) };
}
