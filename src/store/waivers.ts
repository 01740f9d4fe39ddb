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

export async function insertWaiver(db: Db, waiver: WaiverRecord): Promise<void> {
  await db.insert(waivers).values(waiver);
}
