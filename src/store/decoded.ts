/** Columns of rows that come from a statement of our own: Drizzle knows them by their table alone. */
import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

type Decoded<T extends Readonly<Record<string, PgColumn>>> = {
  readonly [K in keyof T]: SQL<T[K]['_']['notNull'] extends true ? T[K]['_']['data'] : T[K]['_']['data'] | null>;
};

export function decoded<T extends Readonly<Record<string, PgColumn>>>(columns: T): Decoded<T> {
  const fields = Object.entries(columns).map(([name, column]) => [name, sql`${column}`.mapWith(column)]);
  return Object.fromEntries(fields) as Decoded<T>;
}
