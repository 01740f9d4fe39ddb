/**
 * Statements of the way of a registration. Building one with Drizzle costs more than sending it, so its text is made once; what it
 * gives is JSON, made by the database and parsed in one go.
 */
import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Db } from './database.ts';

type Columns = Readonly<Record<string, unknown>>;

/** By the names of the placeholders in the text. */
type Values = Readonly<Record<string, string>>;

const dialect = new PgDialect();

/** Sent in the order of the calls: none waits for the answer to the one before it. `Row`: what the text selects. */
export function statement<Row extends object = Columns>(
  text: SQL,
): (db: Db, values: Values) => Promise<readonly Row[]> {
  const query = dialect.sqlToQuery(text);
  return async (db, values) => {
    const result: unknown = await db._.session.prepareQuery(query, undefined, 'herald', false).execute(values);
    return rowsOf<Row>(result);
  };
}

/** The drivers differ in what they give for a statement that Drizzle did not build. */
function rowsOf<Row>(result: unknown): readonly Row[] {
  return Array.isArray(result) ? result : (result as { readonly rows: readonly Row[] }).rows;
}
