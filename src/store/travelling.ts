/**
 * Rows as they travel from one registry to another: without the ids that mean something in one database alone. A row of `kinds` is
 * one table that travels, read by export and import; what stands in none of them stays: webhooks and tokens hold secrets, and
 * announcements, deliveries and the audit log are what happened here, and buses are asked again.
 */
import { getTableColumns } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { present } from './optional.ts';
import {
  catalogs,
  confluentSettings,
  consumers,
  deprecations,
  pairs,
  subjects,
  transitions,
  usage,
  versions,
  waivers,
} from './tables.ts';

export interface Kind {
  readonly table: PgTable;
  /** Members that say which one it is; beside the subject, where the table has one. */
  readonly key: readonly string[];
  /** Columns that follow from others, or mean nothing elsewhere. */
  readonly stays: readonly string[];
}

export const kinds = {
  catalog: { table: catalogs, key: ['name'], stays: [] },
  subject: {
    table: subjects,
    key: ['catalog', 'name'],
    stays: ['id', 'latest', 'issued', 'label', 'producer', 'classification', 'tags', 'searchText', 'fieldsOf'],
  },
  version: { table: versions, key: ['number'], stays: ['schemaId'] },
  consumer: { table: consumers, key: ['service', 'origin'], stays: [] },
  deprecation: { table: deprecations, key: [], stays: [] },
  pairs: { table: pairs, key: ['day'], stays: [] },
  transition: { table: transitions, key: ['position'], stays: ['id'] },
  waiver: { table: waivers, key: ['id'], stays: [] },
  confluent: { table: confluentSettings, key: ['catalog', 'scope'], stays: [] },
  usage: { table: usage, key: ['day', 'number', 'service', 'role'], stays: [] },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

export function isKind(name: string): name is KindName {
  return Object.hasOwn(kinds, name);
}

/** Columns that travel under their own names. */
export function columnsOf({ table, stays }: Kind): readonly (readonly [string, PgColumn])[] {
  return Object.entries(getTableColumns(table)).filter(([name]) => name !== 'subjectId' && !stays.includes(name));
}

export interface SubjectKey {
  readonly catalog: string;
  readonly subject: string;
}

/** A stored row as it travels; `at` is the subject it belongs to, where its table names one by id. */
export function recordOf(kind: Kind, row: Readonly<Record<string, unknown>>, at?: SubjectKey): JsonObject {
  const own = columnsOf(kind).map(([name]) => [name, row[name]] as const);
  return { ...at, ...(present(Object.fromEntries(own)) as JsonObject) };
}

/** The first member that is not what the table holds, in words; `beside` are members that are no columns. */
export function misfit(kind: Kind, record: JsonObject, beside: readonly string[]): string | undefined {
  const columns = columnsOf(kind);
  const ofSubject = 'subjectId' in getTableColumns(kind.table) ? ['catalog', 'subject'] : [];
  const known = new Set([...columns.map(([name]) => name), ...ofSubject, ...beside]);
  const unknown = Object.keys(record).find((name) => !known.has(name));
  if (unknown !== undefined) return `has a member "${unknown}" that is not known here`;
  const nameless = ofSubject.find((name) => typeof member(record, name) !== 'string');
  if (nameless !== undefined) return `names no ${nameless}`;
  const wrong = columns.find(([name, column]) => !fits(column, member(record, name)));
  return wrong && `has no usable "${wrong[0]}"`;
}

function fits(column: PgColumn, value: Json | undefined): boolean {
  if (value === undefined) return !column.notNull;
  switch (column.dataType) {
    case 'number':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      return isText(value);
    case 'array':
      return Array.isArray(value) && value.every(isText);
    default:
      return fitsOwnType(column.getSQLType(), value);
  }
}

/** The types of columns.ts: names, instants, and JSON kept as its text. */
function fitsOwnType(type: string, value: Json): boolean {
  if (type.startsWith('text COLLATE')) return isText(value);
  if (type.startsWith('timestamp')) return isText(value) && isInstant(value);
  return isObject(value) || Array.isArray(value);
}

/** PostgreSQL keeps no NUL. */
function isText(value: Json): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
