/** Who reads a subject on each bus, as last reported. */
import { asc, eq } from 'drizzle-orm';
import type { BusReadersRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { at, subjectId } from './subjects.ts';
import { busReaders, subjects } from './tables.ts';

export async function listBusReaders(db: Db, catalog: string, subject: string): Promise<readonly BusReadersRecord[]> {
  return db
    .select({
      catalog: subjects.catalog,
      subject: subjects.name,
      bus: busReaders.bus,
      groups: busReaders.groups,
      reportedBy: busReaders.reportedBy,
      reportedAt: busReaders.reportedAt,
    })
    .from(busReaders)
    .innerJoin(subjects, eq(subjects.id, busReaders.subjectId))
    .where(at(catalog, subject))
    .orderBy(asc(busReaders.bus));
}

export async function putBusReaders(db: Db, { catalog, subject, ...row }: BusReadersRecord): Promise<void> {
  const id = await subjectId(db, catalog, subject);
  await db
    .insert(busReaders)
    .values({ subjectId: id, ...row })
    .onConflictDoUpdate({ target: [busReaders.subjectId, busReaders.bus], set: row });
}
