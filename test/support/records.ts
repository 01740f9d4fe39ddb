/** Records to put into a store, complete and plain; tests state what they care about. */
import type { Report } from '../../src/check/report.ts';
import type { GroupedTransaction, Transaction } from '../../src/registry/ports.ts';
import type { NewVersion, SubjectRecord } from '../../src/registry/records.ts';
import { sha256 } from '../../src/schema/canonical.ts';
import { type Catalog, readCatalog } from '../../src/schema/catalog.ts';

export function catalogNamed(name: string): Catalog {
  const reading = readCatalog({
    name,
    title: 'A test catalog',
    names: { segments: [{ name: 'domain', style: 'lower' }], major: 'required' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public', 'internal', 'confidential'] },
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.catalog;
}

export function reportFor(catalog: string, subject: string, fingerprint: string): Report {
  const direction = { verdict: 'compatible' } as const;
  const world = { backward: direction, forward: direction };
  return {
    reportVersion: 1,
    engine: { name: 'herald', version: '0.0.0', budget: 1 },
    catalog,
    subject,
    level: 'FULL_TRANSITIVE',
    world: 'closed',
    formats: 'assert',
    verdict: 'compatible',
    worlds: { closed: world, open: world },
    compared: [],
    change: 'none',
    label: '1.0.0',
    fingerprint,
    findings: [],
    gate: { allowed: true },
  };
}

export async function putCatalog(transaction: Transaction, name: string): Promise<void> {
  await transaction.putCatalog(catalogNamed(name), sha256(name));
}

/** The row, locked, whether it was there or not. */
export async function lockedSubject(
  transaction: GroupedTransaction,
  catalog: string,
  subject: string,
): Promise<SubjectRecord> {
  return (await transaction.lockSubject(catalog, subject)) ?? transaction.createSubject(catalog, subject);
}

/** What a registration does, without the check: lock, content, version, announcement. */
export async function addVersion(
  transaction: GroupedTransaction,
  catalog: string,
  subject: string,
  text: string,
  more: Partial<NewVersion> = {},
): Promise<number> {
  const row = await lockedSubject(transaction, catalog, subject);
  const number = row.latest + 1;
  const fingerprint = sha256(text);
  const schema = await transaction.putSchema({ fingerprint, dialect: '2020-12', format: 'json', text });
  await transaction.insertVersion({
    catalog,
    subject,
    number,
    label: `1.${number - 1}.0`,
    schema,
    contract: {},
    tags: [],
    report: reportFor(catalog, subject, fingerprint),
    createdBy: 'tester',
    references: [],
    searchText: '',
    ...more,
  });
  await transaction.announce({
    type: 'herald.version.registered.v1',
    catalog,
    subject,
    data: { number, schemaId: schema.id },
  });
  return number;
}
