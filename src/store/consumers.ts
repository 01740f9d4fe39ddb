/** Consumers: who reads a subject, by its contract or by its own word. */
import { and, asc, desc, eq, inArray, type SQL } from 'drizzle-orm';
import type { ConsumerRecord } from '../registry/records.ts';
import type { Contract } from '../schema/contract.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { at, subjectId } from './subjects.ts';
import { consumers, subjects } from './tables.ts';

export const consumer = {
  catalog: subjects.catalog,
  subject: subjects.name,
  service: consumers.service,
  reads: consumers.reads,
  requires: consumers.requires,
  samples: consumers.samples,
  critical: consumers.critical,
  note: consumers.note,
  origin: consumers.origin,
};

/** `declared` sorts after `contract`: descending, a service's own word is its first row. */
export async function listConsumers(
  db: Db,
  catalog: string,
  subject?: string | readonly string[],
): Promise<readonly ConsumerRecord[]> {
  const rows = await db
    .selectDistinctOn([subjects.name, consumers.service], consumer)
    .from(consumers)
    .innerJoin(subjects, eq(subjects.id, consumers.subjectId))
    .where(of(catalog, subject))
    .orderBy(asc(subjects.name), asc(consumers.service), desc(consumers.origin));
  return rows.map(present);
}

function of(catalog: string, subject: string | readonly string[] | undefined): SQL | undefined {
  if (subject === undefined) return eq(subjects.catalog, catalog);
  if (typeof subject === 'string') return at(catalog, subject);
  return and(eq(subjects.catalog, catalog), inArray(subjects.name, [...subject]));
}

export async function putConsumer(db: Db, consumer: ConsumerRecord): Promise<void> {
  const row = await rowOf(db, consumer);
  await db
    .insert(consumers)
    .values(row)
    .onConflictDoUpdate({
      target: [consumers.subjectId, consumers.service, consumers.origin],
      set: {
        reads: row.reads,
        requires: row.requires,
        samples: row.samples,
        critical: row.critical,
        note: row.note,
      },
    });
}

export async function deleteConsumer(db: Db, catalog: string, subject: string, service: string): Promise<boolean> {
  const id = await subjectId(db, catalog, subject);
  const gone = await db
    .delete(consumers)
    .where(and(eq(consumers.subjectId, id), eq(consumers.service, service), eq(consumers.origin, 'declared')))
    .returning({ service: consumers.service });
  return gone.length > 0;
}

/** `id`: the subject's. Declared consumers stay. */
export async function replaceContractConsumers(
  db: Db,
  id: number,
  stated: NonNullable<Contract['consumers']>,
): Promise<void> {
  await db.delete(consumers).where(and(eq(consumers.subjectId, id), eq(consumers.origin, 'contract')));
  const rows = rowsOf(stated).map((row) => ({ subjectId: id, ...row }));
  if (rows.length > 0) await db.insert(consumers).values(rows);
}

/** A contract may name a service twice: the last word counts. */
export function rowsOf(stated: NonNullable<Contract['consumers']>) {
  const rows = new Map(stated.map((one) => [one.service, values({ ...one, origin: 'contract' })]));
  return [...rows.values()];
}

/** Of one subject's consumers, sorted by service and its own word first: the first of each service. */
export function firstOfEach<T extends { readonly service: string }>(sorted: readonly T[]): readonly T[] {
  return sorted.filter((one, index) => one.service !== sorted[index - 1]?.service);
}

async function rowOf(db: Db, consumer: ConsumerRecord) {
  return { subjectId: await subjectId(db, consumer.catalog, consumer.subject), ...values(consumer) };
}

function values(consumer: Omit<ConsumerRecord, 'catalog' | 'subject'>) {
  const { service, origin, reads = null, requires = null, samples = null, critical = null, note = null } = consumer;
  return { service, origin, reads, requires, samples, critical, note };
}
