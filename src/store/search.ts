/** Finding subjects by words: each word stands somewhere in the subject's search text. From three characters on the index narrows it down. */
import { and, asc, gt, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Page, PageRequest } from '../registry/ports.ts';
import type { SubjectSummary } from '../registry/records.ts';
import { decodeCursor, encodeCursor, nameKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { at, summary } from './subjects.ts';
import { subjects } from './tables.ts';

const key = z.tuple([z.string(), z.string()]);

/** Rows in the order of the list that are looked at first: a word that many subjects hold is found there at once. */
const firstRows = 2_000;

export async function searchSubjects(
  db: Db,
  words: readonly string[],
  page: PageRequest,
): Promise<Page<SubjectSummary>> {
  const after = decodeCursor('search', nameKey, page.cursor);
  const from = after === undefined ? undefined : beyond(key.parse(JSON.parse(after)));
  const near = await rowsIn(db, words.map(holds), page.limit, nextRows(db, from));
  const rows = near.length > page.limit ? near : await rowsIn(db, words.map(holdsByIndex), page.limit, from);
  return pageOf(rows, page.limit, present, (last) => encodeCursor('search', JSON.stringify([last.catalog, last.name])));
}

function rowsIn(db: Db, conditions: readonly SQL[], limit: number, within: SQL | undefined) {
  return db
    .select(summary)
    .from(subjects)
    .where(and(...conditions, within))
    .orderBy(asc(subjects.catalog), asc(subjects.name))
    .limit(limit + 1);
}

/** The next rows of the list, whatever they hold. */
function nextRows(db: Db, from: SQL | undefined): SQL {
  const next = db
    .select({ id: subjects.id })
    .from(subjects)
    .where(from)
    .orderBy(asc(subjects.catalog), asc(subjects.name))
    .limit(firstRows);
  return inArray(subjects.id, next);
}

function beyond([catalog, name]: readonly [string, string]): SQL {
  // a row comparison, so that the index over both is used
  return sql`(${subjects.catalog}, ${subjects.name}) > (${catalog}, ${name})`;
}

function holds(word: string): SQL {
  return sql`position(${word.toLowerCase()} in ${subjects.searchText}) > 0`;
}

/** A word shorter than the index's pieces is looked for row by row. */
function holdsByIndex(word: string): SQL {
  const part = word.toLowerCase();
  if (part.length < 3) return holds(part);
  return sql`(trigrams(${subjects.searchText}) @> trigrams(${part}) and ${holds(part)})`;
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
