/** Settings of Confluent's interface: levels and modes by scope. */
import { and, eq } from 'drizzle-orm';
import type { ConfluentSetting } from '../registry/records.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { confluentSettings } from './tables.ts';

const row = { scope: confluentSettings.scope, config: confluentSettings.config, mode: confluentSettings.mode };

export async function listConfluentSettings(db: Db, catalog: string): Promise<readonly ConfluentSetting[]> {
  const rows = await db.select(row).from(confluentSettings).where(eq(confluentSettings.catalog, catalog));
  return rows.map(present);
}

/** A setting without config and mode is none. */
export async function putConfluentSetting(
  db: Db,
  catalog: string,
  { scope, config, mode }: ConfluentSetting,
): Promise<void> {
  if (config === undefined && mode === undefined) {
    await db
      .delete(confluentSettings)
      .where(and(eq(confluentSettings.catalog, catalog), eq(confluentSettings.scope, scope)));
    return;
  }
  const set = { config: config ?? null, mode: mode ?? null };
  await db
    .insert(confluentSettings)
    .values({ catalog, scope, ...set })
    .onConflictDoUpdate({ target: [confluentSettings.catalog, confluentSettings.scope], set });
}
