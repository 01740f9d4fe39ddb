/** Finding subjects by words: each word stands somewhere in the subject's search text. From three characters on the index narrows it down. */
import { and, asc, gt, isNull, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Page, PageRequest } from '../registry/ports.ts';
import type { SubjectSummary } from '../registry/records.ts';
import { decodeCursor, encodeCursor, nameKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { at, summary } from './subjects.ts';
import { subjects } from './tables.ts';

const key = z.tuple([z.string(), z.string()]);

/** Rows in the order of the list that are looked at first: a word that many subjects hold is found among them at once. */
const firstRows = 1_000;

export async function searchSubjects(
  db: Db,
  words: readonly string[],
  page: PageRequest,
): Promise<Page<SubjectSummary>> {
  const after = decodeCursor('search', nameKey, page.cursor);
  const from = and(listed, after === undefined ? undefined : beyond(key.parse(JSON.parse(after))));
  const near = await nearRows(db, words, page.limit, from);
  const rows = near.length > page.limit ? near : await indexedRows(db, words, page.limit, from);
  return pageOf(rows, page.limit, present, (last) => encodeCursor('search', JSON.stringify([last.catalog, last.name])));
}

/** One whose versions were all withdrawn is found no more. */
const listed = gt(subjects.latest, 0);

/** Among the next rows of the list. They come in its order, so that PostgreSQL stops at the last row of a full page. */
function nearRows(db: Db, words: readonly string[], limit: number, from: SQL | undefined) {
  const next = db
    .select({ ...summary, searchText: subjects.searchText })
    .from(subjects)
    .where(from)
    .orderBy(asc(subjects.catalog), asc(subjects.name))
    .limit(firstRows)
    .as('next');
  const { searchText, ...shown } = next._.selectedFields;
  return db
    .select(shown)
    .from(next)
    .where(and(...words.map((word) => holds(searchText, word))))
    .orderBy(asc(next.catalog), asc(next.name))
    .limit(limit + 1);
}

function indexedRows(db: Db, words: readonly string[], limit: number, from: SQL | undefined) {
  return db
    .select(summary)
    .from(subjects)
    .where(and(...words.map(holdsByIndex), from))
    .orderBy(asc(subjects.catalog), asc(subjects.name))
    .limit(limit + 1);
}

function beyond([catalog, name]: readonly [string, string]): SQL {
  // a row comparison, so that the index over both is used
  return sql`(${subjects.catalog}, ${subjects.name}) > (${catalog}, ${name})`;
}

function holds(text: SQLWrapper, word: string): SQL {
  return sql`position(${word.toLowerCase()} in ${text}) > 0`;
}

/** A word shorter than the index's pieces is looked for row by row. */
function holdsByIndex(word: string): SQL {
  const part = word.toLowerCase();
  if (part.length < 3) return holds(subjects.searchText, part);
  return sql`(trigrams(${subjects.searchText}) @> trigrams(${part}) and ${holds(subjects.searchText, part)})`;
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
