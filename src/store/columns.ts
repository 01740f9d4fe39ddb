/** Column types that read and write the same on both drivers. */
import { customType } from 'drizzle-orm/pg-core';
import type { Json } from '../schema/json.ts';

/** Text compared by code point, so that lists have one order on every server, whatever its locale. */
export const name = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' });

/** An instant as ISO 8601 in UTC, to the millisecond: PGlite's clock has no more. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
});

/**
 * A JSON value kept as its text. Never jsonb: that forgets the order of members, refuses NUL and, through both drivers, gives
 * the string "10.5" back as a number.
 */
export function jsonText<T = Json>() {
  return customType<{ data: T; driverData: string }>({
    dataType: () => 'text',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (value) => JSON.parse(value) as T,
  });
}
