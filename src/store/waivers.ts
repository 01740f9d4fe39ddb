/** Waivers: recorded, expiring permissions for single findings. */
import { and, asc, eq } from 'drizzle-orm';
import type { WaiverRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { waivers } from './tables.ts';

export async function listWaivers(
  db: Db,
  filter: { readonly catalog?: string; readonly subject?: string },
): Promise<readonly WaiverRecord[]> {
  const rows = await db
    .select()
    .from(waivers)
    .where(
      and(
        filter.catalog === undefined ? undefined : eq(waivers.catalog, filter.catalog),
        filter.subject === undefined ? undefined : eq(waivers.subject, filter.subject),
      ),
    )
    .orderBy(asc(waivers.createdAt), asc(waivers.id));
  return rows.map(present);
}

/** False where there was none. */
export async function deleteWaiver(db: Db, id: string): Promise<boolean> {
  return (await db.delete(waivers).where(eq(waivers.id, id)).returning({ id: waivers.id })).length > 0;
}

export async function insertWaiver(db: Db, waiver: WaiverRecord): Promise<void> {
  await db.insert(waivers).values(waiver);
}
