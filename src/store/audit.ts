/**
 * The audit log: append-only, each row carrying the hash of the one before. The trigger `audit_chain` gives sequence and hashes;
 * this file states the same rule again, to check it: SHA-256 over the canonical JSON `{entry, previousHash, sequence}`.
 */
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import type { AuditFilter, Page, PageRequest } from '../registry/ports.ts';
import type { AuditEntry, AuditHead, AuditRecord, AuditVerdict } from '../registry/records.ts';
import { canonicalize, sha256 } from '../schema/canonical.ts';
import { asJson } from '../schema/json.ts';
import { begun } from './begun.ts';
import { decodeCursor, encodeCursor, numberKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { statement } from './statement.ts';
import { auditHead, auditLog } from './tables.ts';

type Row = typeof auditLog.$inferSelect;

export const noHash = '0'.repeat(64);

export interface DatedEntry extends AuditEntry {
  readonly at: string;
}

/** The trigger fills in the rest; the columns may not be null. */
const append = statement(sql`
insert into ${auditLog} (sequence, entry, previous_hash, hash)
select 0, entry, '', '' from json_array_elements_text(${sql.placeholder('entries')}::json) with ordinality as stated(entry, place)
order by place`);

/** In order, in one statement. */
export function appendAudit(db: Db, entries: readonly DatedEntry[]): Promise<void> {
  if (entries.length === 0) return Promise.resolve();
  return begun(append(db, { entries: JSON.stringify(entries.map(textOf)) }));
}

/** Members that are absent are left out: `undefined` is no JSON. */
function textOf(entry: DatedEntry): string {
  return canonicalize(asJson(entry));
}

export async function listAudit(db: Db, page: PageRequest): Promise<Page<AuditRecord>> {
  const after = decodeCursor('audit', numberKey, page.cursor) ?? 0;
  const rows = await rowsAfter(db, after, page.limit + 1);
  return pageOf(rows, page.limit, recordOf, (last) => encodeCursor('audit', last.sequence));
}

/** Rows of one call that are looked at: finding a rare one goes on with the cursor instead of holding the database. */
const maxRowsScanned = 20_000;

export async function listAuditEntries(db: Db, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>> {
  const { sequence } = await auditHeadOf(db);
  const before = Math.min(decodeCursor('audit-entries', numberKey, page.cursor) ?? sequence + 1, sequence + 1);
  const lowest = Math.max(0, before - maxRowsScanned);
  const rows = await db
    .select()
    .from(auditLog)
    .where(and(lt(auditLog.sequence, before), gt(auditLog.sequence, lowest - 1), ...conditionsOf(filter)))
    .orderBy(desc(auditLog.sequence))
    .limit(page.limit + 1);
  const items = rows
    .slice(0, page.limit)
    .map(recordOf)
    .filter((record) => fits(record, filter));
  const last = rows.length > page.limit ? rows[page.limit - 1]?.sequence : lowest;
  return { items, ...(last !== undefined && last > 1 && { cursor: encodeCursor('audit-entries', last) }) };
}

/** The member as it stands in the canonical text. It may stand deeper too: `fits` asks the row itself. */
function conditionsOf(filter: AuditFilter) {
  return Object.entries(filter).map(([name, value]) => {
    const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    return sql`position(${member} in ${auditLog.entry}) > 0`;
  });
}

function fits(record: AuditRecord, filter: AuditFilter): boolean {
  return Object.entries(filter).every(([name, value]) => record[name as keyof AuditFilter] === value);
}

function rowsAfter(db: Db, after: number, limit: number): Promise<Row[]> {
  return db.select().from(auditLog).where(gt(auditLog.sequence, after)).orderBy(asc(auditLog.sequence)).limit(limit);
}

function recordOf(row: Row): AuditRecord {
  const { sequence, previousHash, hash } = row;
  return { ...(JSON.parse(row.entry) as DatedEntry), sequence, previousHash, hash };
}

export function hashOf(entry: string, previousHash: string, sequence: number): string {
  return sha256(`{"entry":${entry},"previousHash":"${previousHash}","sequence":${sequence}}`);
}

/** Of a log whose head is gone, that nothing is known. */
export async function auditHeadOf(db: Db): Promise<AuditHead> {
  const [head] = await db.select().from(auditHead).where(eq(auditHead.one, true));
  return { sequence: head?.sequence ?? 0, hash: head?.hash ?? noHash };
}

const chunk = 1_000;

/** Rows appended meanwhile are beyond the head read first, and left for the next time. */
export async function verifyAudit(db: Db): Promise<AuditVerdict> {
  const [head] = await db.select().from(auditHead).where(eq(auditHead.one, true));
  if (head === undefined) return { intact: false, sequence: 0, problem: 'missing' };
  let sequence = 0;
  let hash = noHash;
  while (sequence < head.sequence) {
    const rows = await rowsAfter(db, sequence, chunk);
    if (rows.length === 0) return { intact: false, sequence: sequence + 1, problem: 'missing' };
    for (const row of rows.filter((one) => one.sequence <= head.sequence)) {
      const wrong = wrongness(row, sequence + 1, hash);
      if (wrong !== undefined) return wrong;
      ({ sequence, hash } = row);
    }
    if (rows[0]!.sequence > head.sequence) return { intact: false, sequence: sequence + 1, problem: 'missing' };
  }
  return hash === head.hash
    ? { intact: true, rows: sequence, head: hash }
    : { intact: false, sequence: head.sequence, problem: 'changed' };
}

function wrongness(row: Row, expected: number, previousHash: string): AuditVerdict | undefined {
  if (row.sequence !== expected) return { intact: false, sequence: expected, problem: 'missing' };
  if (row.previousHash === previousHash && row.hash === hashOf(row.entry, previousHash, expected)) return undefined;
  const belongsAt = ownPlace(row);
  return belongsAt === undefined || belongsAt === expected
    ? { intact: false, sequence: expected, problem: 'changed' }
    : { intact: false, sequence: expected, problem: 'reordered', belongsAt };
}

/** The sequence for which the row's hash is right, looked for nearby: a row that was moved is whole but for its place. */
function ownPlace(row: Row): number | undefined {
  for (let distance = 0; distance <= chunk; distance += 1)
    for (const place of [row.sequence - distance, row.sequence + distance])
      if (place > 0 && row.hash === hashOf(row.entry, row.previousHash, place)) return place;
  return undefined;
}
