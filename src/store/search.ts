/** Finding subjects by words: each word stands somewhere in the subject's search text. From three characters on the index narrows it down. */
import { and, asc, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Page, PageRequest } from '../registry/ports.ts';
import type { SubjectSummary } from '../registry/records.ts';
import { decodeCursor, encodeCursor, nameKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { at, summary } from './subjects.ts';
import { subjects } from './tables.ts';

const key = nameKey.transform((text) => z.tuple([z.string(), z.string()]).parse(JSON.parse(text)));

export async function searchSubjects(
  db: Db,
  words: readonly string[],
  page: PageRequest,
): Promise<Page<SubjectSummary>> {
  const after = decodeCursor('search', nameKey, page.cursor);
  const rows = await db
    .select(summary)
    .from(subjects)
    .where(and(...words.map(holds), after === undefined ? undefined : beyond(key.parse(after))))
    .orderBy(asc(subjects.catalog), asc(subjects.name))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, present, (last) => encodeCursor('search', JSON.stringify([last.catalog, last.name])));
}

function beyond([catalog, name]: readonly [string, string]): SQL | undefined {
  return or(gt(subjects.catalog, catalog), and(eq(subjects.catalog, catalog), gt(subjects.name, name)));
}

function holds(word: string): SQL | undefined {
  const part = word.toLowerCase();
  const found = sql`position(${part} in ${subjects.searchText}) > 0`;
  return part.length < 3 ? found : and(sql`trigrams(${subjects.searchText}) @> trigrams(${part})`, found);
}

export async function putSearchText(db: Db, catalog: string, subject: string, text: string): Promise<void> {
  await db.update(subjects).set({ searchText: text }).where(at(catalog, subject));
}

export async function listUnsearchable(
  db: Db,
  limit: number,
): Promise<readonly { readonly catalog: string; readonly subject: string }[]> {
  return db
    .select({ catalog: subjects.catalog, subject: subjects.name })
    .from(subjects)
    .where(and(isNull(subjects.searchText), gt(subjects.latest, 0)))
    .limit(limit);
}
