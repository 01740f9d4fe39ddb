/** Subjects: found, listed, locked. */
import { and, arrayContains, asc, eq, gt, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { Fault } from '../errors.ts';
import type { Stage } from '../lifecycle/stage.ts';
import type { Page, PageRequest, SubjectFilter } from '../registry/ports.ts';
import type { SubjectRecord, SubjectSettings, SubjectSummary } from '../registry/records.ts';
import { decodeCursor, encodeCursor, nameKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { consumers, subjects } from './tables.ts';

export const record = {
  catalog: subjects.catalog,
  name: subjects.name,
  settings: subjects.settings,
  stage: subjects.stage,
  latest: subjects.latest,
  issued: subjects.issued,
  createdAt: subjects.createdAt,
};

export const summary = {
  ...record,
  title: subjects.title,
  label: subjects.label,
  producer: subjects.producer,
  owner: subjects.owner,
  classification: subjects.classification,
  tags: subjects.tags,
};

export function at(catalog: string, name: string): SQL | undefined {
  return and(eq(subjects.catalog, catalog), eq(subjects.name, name));
}

export async function findSubject(db: Db, catalog: string, name: string): Promise<SubjectRecord | undefined> {
  const [row] = await db.select(record).from(subjects).where(at(catalog, name));
  return row;
}

/** The row's id; Fault SUBJECT_NOT_FOUND where there is none. */
export async function subjectId(db: Db, catalog: string, name: string): Promise<number> {
  const [row] = await db.select({ id: subjects.id }).from(subjects).where(at(catalog, name));
  if (row === undefined) throw new Fault('SUBJECT_NOT_FOUND', { catalog, subject: name });
  return row.id;
}

export async function listSubjects(
  db: Db,
  catalog: string,
  filter: SubjectFilter,
  page: PageRequest,
): Promise<Page<SubjectSummary>> {
  const after = decodeCursor('subjects', nameKey, page.cursor);
  const consumed = filter.consumer === undefined ? undefined : await consumedBy(db, filter.consumer);
  const rows = await db
    .select(summary)
    .from(subjects)
    .where(
      and(
        eq(subjects.catalog, catalog),
        // one whose versions were all withdrawn is listed no more
        gt(subjects.latest, 0),
        after === undefined ? undefined : gt(subjects.name, after),
        filter.owner === undefined ? undefined : eq(subjects.owner, filter.owner),
        filter.classification === undefined ? undefined : eq(subjects.classification, filter.classification),
        filter.stage === undefined ? undefined : eq(subjects.stage, filter.stage),
        // so that the index of those serves, by whatever plan
        filter.stage === undefined || filter.stage === 'active' ? undefined : ne(subjects.stage, 'active'),
        filter.producer === undefined ? undefined : eq(subjects.producer, filter.producer),
        consumed,
        filter.tag === undefined ? undefined : arrayContains(subjects.tags, [filter.tag]),
        filter.text === undefined ? undefined : contains(filter.text),
      ),
    )
    .orderBy(asc(subjects.name))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, present, (last) => encodeCursor('subjects', last.name));
}

/** Subjects of a service that are looked up one by one; where it has more, going through the list meets enough of them soon. */
const fewSubjects = 2_000;

async function consumedBy(db: Db, service: string): Promise<SQL> {
  // made twice: a limit changes the query it is set on
  const ofService = () => db.select({ id: consumers.subjectId }).from(consumers).where(eq(consumers.service, service));
  const few = await ofService().limit(fewSubjects + 1);
  if (few.length <= fewSubjects)
    // one parameter, and text: the drivers differ in how they send lists
    return sql`${subjects.id} = any(${`{${few.map(({ id }) => id).join(',')}}`}::text::int[])`;
  return inArray(subjects.id, ofService());
}

/** The text stands somewhere in name or title. From three characters on the index narrows it down. */
function contains(part: string): SQL | undefined {
  const phrase = sql`lower(${subjects.name} || ' ' || coalesce(${subjects.title}, ''))`;
  const found = sql`position(lower(${part}) in ${phrase}) > 0`;
  return part.length < 3 ? found : and(sql`trigrams(${phrase}) @> trigrams(lower(${part}))`, found);
}

/** The row, locked. Not against foreign keys to it: usage of a subject is counted while it is written. */
export async function lockSubject(db: Db, catalog: string, name: string): Promise<SubjectRecord | undefined> {
  const [row] = await db.select(record).from(subjects).where(at(catalog, name)).for('no key update');
  return row;
}

/** To be locked first, since an insert that meets a conflict has used up an id. One that does waits, then finds the other's row. */
export async function createSubject(db: Db, catalog: string, name: string, now: string): Promise<SubjectRecord> {
  const [made] = await db
    .insert(subjects)
    .values({ catalog, name, settings: {}, stage: 'active', createdAt: now })
    .onConflictDoNothing()
    .returning(record);
  const row = made ?? (await lockSubject(db, catalog, name));
  return row!;
}

export async function putSettings(db: Db, catalog: string, name: string, settings: SubjectSettings): Promise<void> {
  await requireOne(db.update(subjects).set({ settings }).where(at(catalog, name)).returning({ id: subjects.id }), {
    catalog,
    subject: name,
  });
}

export async function setStage(db: Db, catalog: string, name: string, stage: Stage): Promise<void> {
  await requireOne(db.update(subjects).set({ stage }).where(at(catalog, name)).returning({ id: subjects.id }), {
    catalog,
    subject: name,
  });
}

async function requireOne(
  changed: PromiseLike<readonly unknown[]>,
  place: { readonly catalog: string; readonly subject: string },
): Promise<void> {
  if ((await changed).length !== 1) throw new Fault('SUBJECT_NOT_FOUND', place);
}
