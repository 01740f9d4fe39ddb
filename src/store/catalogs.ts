/** Catalogs: named, with the rules they have now. */
import { asc, eq } from 'drizzle-orm';
import type { CatalogRecord } from '../registry/records.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Db } from './database.ts';
import { catalogs } from './tables.ts';

export async function findCatalog(db: Db, name: string): Promise<CatalogRecord | undefined> {
  const [row] = await db.select().from(catalogs).where(eq(catalogs.name, name));
  return row;
}

export async function listCatalogs(db: Db): Promise<readonly CatalogRecord[]> {
  return db.select().from(catalogs).orderBy(asc(catalogs.name));
}

export async function putCatalog(db: Db, rules: Catalog, fingerprint: string, now: string): Promise<CatalogRecord> {
  const [row] = await db
    .insert(catalogs)
    .values({ name: rules.name, rules, fingerprint, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({ target: catalogs.name, set: { rules, fingerprint, updatedAt: now } })
    .returning();
  return row!;
}
