/**
 * Every table, once, for both drivers. `npx drizzle-kit generate --name …` turns a change here into a migration; triggers, the
 * functions they call and the search index over parts of words stand in the custom migration `0001_guards`.
 */
import { type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  type PgColumn,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import type { Report } from '../check/report.ts';
import type { Level, World } from '../compat/report.ts';
import type { Stage } from '../lifecycle/stage.ts';
import type {
  ConsumerRecord,
  DeliveryRecord,
  DeprecationRecord,
  Origin,
  PlanMapping,
  ProposalRecord,
  Role,
  SubjectSettings,
  UsageRole,
} from '../registry/records.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { Attached, SchemaFormat } from '../schema/definition.ts';
import type { Dialect } from '../schema/document.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { instant, jsonText, name } from './columns.ts';

/** A row is one catalog with its rules as they are now. Read by every check and look-up of a subject. */
export const catalogs = pgTable('catalogs', {
  name: name('name').primaryKey(),
  rules: jsonText<Catalog>()('rules').notNull(),
  fingerprint: text('fingerprint').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** The planner takes an equation of which it knows nothing for rare, as this is; `<>` it would take for true of nearly every row. */
export function isWithoutFields({ fieldsOf, latest }: { readonly fieldsOf: PgColumn; readonly latest: PgColumn }): SQL {
  return sql`case when ${fieldsOf} = ${latest} then 0 else 1 end = 1`;
}

/**
 * A row is one subject: what is locked while it is written, and what lists show of its latest version, so that a page of a list
 * reads this table alone.
 */
export const subjects = pgTable(
  'subjects',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    catalog: name('catalog')
      .notNull()
      .references(() => catalogs.name),
    name: name('name').notNull(),
    settings: jsonText<SubjectSettings>()('settings').notNull(),
    stage: text('stage').$type<Stage>().notNull(),
    latest: integer('latest').notNull().default(0),
    issued: integer('issued').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    title: text('title'),
    label: text('label').notNull().default(''),
    producer: text('producer'),
    owner: text('owner'),
    classification: text('classification'),
    tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
    /** Everything of the latest version that a search finds it by, in lower case; null until it was written down. */
    searchText: text('search_text'),
    /** The version whose fields stand in `subject_fields`: where it is not the latest, they are still to be written. 0: none stand there. */
    fieldsOf: integer('fields_of').notNull().default(0),
  },
  (table) => [
    unique('subjects_place').on(table.catalog, table.name),
    // Of rows that have something to be found by alone. Writing a subject costs less; and none of them can take the place of
    // `subjects_place`: a plan made while the table was empty would read through all of a catalog for each subject it looks up.
    index('subjects_by_owner').on(table.catalog, table.owner, table.name).where(sql`${table.owner} is not null`),
    index('subjects_by_classification')
      .on(table.catalog, table.classification, table.name)
      .where(sql`${table.classification} is not null`),
    index('subjects_by_stage').on(table.catalog, table.stage, table.name).where(sql`${table.stage} <> 'active'`),
    index('subjects_by_producer')
      .on(table.catalog, table.producer, table.name)
      .where(sql`${table.producer} is not null`),
    index('subjects_by_tag').using('gin', table.tags),
    index('subjects_without_fields').on(table.catalog).where(isWithoutFields(table)),
    check('subjects_latest', sql`${table.latest} >= 0`),
    check('subjects_stage', sql`${table.stage} in ('active', 'announced', 'dual-writing', 'migrating', 'retired')`),
  ],
);

/**
 * A row is one field of one subject, with one of its types there. Read by the checks of other subjects. It follows from the version that
 * the subject names in `fields_of`, so it travels nowhere and nothing refers to it.
 */
export const subjectFields = pgTable(
  'subject_fields',
  {
    catalog: name('catalog').notNull(),
    field: name('field').notNull(),
    type: name('type').notNull(),
    subject: name('subject').notNull(),
    /** All major lines of one event. */
    event: name('event').notNull(),
    /** The one style the name can be in. */
    style: text('style'),
  },
  (table) => [
    // who asks about a name finds its types and the first subject of each without looking at the others
    primaryKey({ name: 'subject_fields_key', columns: [table.catalog, table.field, table.type, table.subject] }),
    index('subject_fields_by_event').on(table.catalog, table.event, table.subject),
  ],
);

/** A row is a name that fields of a catalog have and that only one style allows. Written once, so that each new name is counted once. */
export const fieldNames = pgTable(
  'field_names',
  {
    catalog: name('catalog').notNull(),
    field: name('field').notNull(),
    style: text('style').notNull(),
    /** A subject stopped using it: whether another one does is looked at whenever names are counted, until it is settled. */
    doubtful: boolean('doubtful').notNull().default(false),
  },
  (table) => [
    primaryKey({ name: 'field_names_key', columns: [table.catalog, table.field] }),
    index('field_names_doubtful').on(table.catalog).where(sql`${table.doubtful}`),
  ],
);

/**
 * A row says by how much the number of rows of `field_names` grew or shrank: the sum over a catalog and a style is their number. Only
 * added to, so that no registration waits for another's; folded into one row now and then. Read by checks.
 */
export const fieldNameCounts = pgTable(
  'field_name_counts',
  {
    catalog: name('catalog').notNull(),
    style: text('style').notNull(),
    names: integer('names').notNull(),
  },
  (table) => [index('field_name_counts_by_catalog').on(table.catalog)],
);

/** A row is one distinct content, for ever. Read by id or fingerprint by whoever meets an event of it. */
export const schemas = pgTable(
  'schemas',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    fingerprint: text('fingerprint').notNull(),
    dialect: text('dialect').$type<Dialect>().notNull(),
    text: text('text').notNull(),
    format: text('format').$type<SchemaFormat>().notNull().default('json'),
    source: text('source'),
    attached: jsonText<Attached>()('attached'),
  },
  (table) => [
    check('schemas_format', sql`${table.format} in ('json', 'avro', 'protobuf')`),
    unique('schemas_fingerprint').on(table.fingerprint),
    check('schemas_fingerprint_form', sql`${table.fingerprint} ~ '^[0-9a-f]{64}$'`),
  ],
);

/** A row is one version at its place, with the check that let it in, for ever. Read by look-ups and by the next check. */
export const versions = pgTable(
  'versions',
  {
    subjectId: integer('subject_id')
      .notNull()
      .references(() => subjects.id),
    number: integer('number').notNull(),
    schemaId: integer('schema_id')
      .notNull()
      .references(() => schemas.id),
    label: text('label').notNull(),
    contract: jsonText<Contract>()('contract').notNull(),
    classification: text('classification'),
    tags: text('tags').array().notNull(),
    report: jsonText<Report>()('report').notNull(),
    verdict: text('verdict').notNull(),
    engineVersion: text('engine_version').notNull(),
    level: text('level').$type<Level>().notNull(),
    world: text('world').$type<World>().notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    withdrawnAt: instant('withdrawn_at'),
    /** The text it was registered with, where the schema's own is the same content written otherwise. */
    given: text('given'),
  },
  (table) => [
    primaryKey({ name: 'versions_place', columns: [table.subjectId, table.number] }),
    index('versions_by_schema').on(table.schemaId),
    check('versions_number', sql`${table.number} > 0`),
    check('versions_verdict', sql`${table.verdict} in ('compatible', 'incompatible', 'undecided')`),
  ],
);

/**
 * A row holds the settings of Confluent's interface for a subject, a context (`:.name:`) or all (empty): level and mode. Read
 * by that interface alone; the level of a subject is in its own settings too.
 */
export const confluentSettings = pgTable(
  'confluent_settings',
  {
    catalog: name('catalog')
      .notNull()
      .references(() => catalogs.name),
    scope: name('scope').notNull(),
    config: jsonText<JsonObject>()('config'),
    mode: text('mode'),
  },
  (table) => [primaryKey({ name: 'confluent_settings_key', columns: [table.catalog, table.scope] })],
);

/** A row is one `$ref` from a version to a pinned version of another subject. Read before a subject retires. */
export const references = pgTable(
  'version_references',
  {
    subjectId: integer('subject_id').notNull(),
    number: integer('number').notNull(),
    targetId: integer('target_id').notNull(),
    targetNumber: integer('target_number').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'version_references_key',
      columns: [table.subjectId, table.number, table.targetId, table.targetNumber],
    }),
    foreignKey({
      name: 'version_references_from',
      columns: [table.subjectId, table.number],
      foreignColumns: [versions.subjectId, versions.number],
    }),
    foreignKey({
      name: 'version_references_to',
      columns: [table.targetId, table.targetNumber],
      foreignColumns: [versions.subjectId, versions.number],
    }),
    index('version_references_by_target').on(table.targetId, table.targetNumber),
  ],
);

/** A row is one service said to consume a subject, by the contract or by itself. Read by the matrix and by deprecations. */
export const consumers = pgTable(
  'consumers',
  {
    subjectId: integer('subject_id')
      .notNull()
      .references(() => subjects.id),
    service: name('service').notNull(),
    origin: text('origin').$type<ConsumerRecord['origin']>().notNull(),
    reads: jsonText<readonly string[]>()('reads'),
    requires: jsonText<JsonObject>()('requires'),
    samples: jsonText<readonly Json[]>()('samples'),
    critical: boolean('critical'),
    note: text('note'),
  },
  (table) => [
    primaryKey({ name: 'consumers_key', columns: [table.subjectId, table.service, table.origin] }),
    index('consumers_by_service').on(table.service, table.subjectId),
    check('consumers_origin', sql`${table.origin} in ('contract', 'declared')`),
  ],
);

/** A row is the plan that moves one subject to its successor. Read by look-ups of the subject and by reports. */
export const deprecations = pgTable(
  'deprecations',
  {
    subjectId: integer('subject_id')
      .primaryKey()
      .references(() => subjects.id),
    stage: text('stage').$type<DeprecationRecord['stage']>().notNull(),
    successor: text('successor').notNull(),
    announcedOn: date('announced_on', { mode: 'string' }).notNull(),
    sunset: date('sunset', { mode: 'string' }).notNull(),
    reason: text('reason').notNull(),
    migration: text('migration').notNull(),
    entered: jsonText<DeprecationRecord['entered']>()('entered').notNull(),
    attestedBy: text('attested_by'),
    consumers: jsonText<DeprecationRecord['consumers']>()('consumers').notNull(),
    mapping: jsonText<PlanMapping>()('mapping'),
    revision: integer('revision').notNull().default(1),
    revisedAt: instant('revised_at').notNull().default(sql`now()`),
    reminded: integer('reminded'),
  },
  (table) => [
    check('deprecations_stage', sql`${table.stage} in ('announced', 'dual-writing', 'migrating', 'retired')`),
  ],
);

/**
 * A row is how many pairs of an old and a new event were held against a plan's mapping on one day; never the events. Read before
 * a deprecation advances.
 */
export const pairs = pgTable(
  'deprecation_pairs',
  {
    subjectId: integer('subject_id')
      .notNull()
      .references(() => subjects.id),
    day: date('day', { mode: 'string' }).notNull(),
    agreed: bigint('agreed', { mode: 'number' }).notNull(),
    disagreed: bigint('disagreed', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'deprecation_pairs_key', columns: [table.subjectId, table.day] }),
    check('deprecation_pairs_counts', sql`${table.agreed} >= 0 and ${table.disagreed} >= 0`),
  ],
);

/** A row is which durable groups read a subject on one bus, as of the last report. Read before a subject retires. */
export const busReaders = pgTable(
  'bus_readers',
  {
    subjectId: integer('subject_id')
      .notNull()
      .references(() => subjects.id),
    bus: name('bus').notNull(),
    groups: jsonText<readonly string[]>()('groups').notNull(),
    reportedBy: text('reported_by').notNull(),
    reportedAt: instant('reported_at').notNull(),
  },
  (table) => [primaryKey({ name: 'bus_readers_key', columns: [table.subjectId, table.bus] })],
);

/** A row is one step a subject took between stages, and who took it. Read by reports and reviewers. */
export const transitions = pgTable(
  'transitions',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    subjectId: integer('subject_id')
      .notNull()
      .references(() => subjects.id),
    from: text('from_stage').$type<Stage>().notNull(),
    to: text('to_stage').$type<Stage>().notNull(),
    actor: text('actor').notNull(),
    at: instant('at').notNull(),
    reason: text('reason'),
    forced: boolean('forced').notNull(),
  },
  (table) => [index('transitions_by_subject').on(table.subjectId, table.id)],
);

/**
 * A row is one permission for one finding, by a steward, until a date. Read by every check of the subject, which need not exist
 * yet: a first version can need one.
 */
export const waivers = pgTable(
  'waivers',
  {
    id: name('id').primaryKey(),
    catalog: name('catalog')
      .notNull()
      .references(() => catalogs.name),
    subject: name('subject').notNull(),
    fingerprint: text('fingerprint').notNull(),
    author: text('author').notNull(),
    reason: text('reason').notNull(),
    expires: date('expires', { mode: 'string' }).notNull(),
    createdAt: instant('created_at').notNull(),
    /** Fingerprint of the one document it holds for; null for every document of the subject. */
    content: text('content'),
  },
  (table) => [index('waivers_by_subject').on(table.catalog, table.subject)],
);

/**
 * A row is one change that breaks and is meant to: what the check said, and what a steward decided. Read by stewards, and by the
 * check of the very same document.
 */
export const proposals = pgTable(
  'proposals',
  {
    id: name('id').primaryKey(),
    catalog: name('catalog')
      .notNull()
      .references(() => catalogs.name),
    subject: name('subject').notNull(),
    /** Of the proposed document. */
    content: text('content').notNull(),
    text: text('text').notNull(),
    report: jsonText<Report>()('report').notNull(),
    reason: text('reason').notNull(),
    /** Where the change is discussed, such as the address of a pull request. */
    link: text('link'),
    author: text('author').notNull(),
    createdAt: instant('created_at').notNull(),
    state: text('state').$type<ProposalRecord['state']>().notNull(),
    decidedBy: text('decided_by'),
    decidedAt: instant('decided_at'),
    decision: text('decision'),
    expires: date('expires', { mode: 'string' }),
  },
  (table) => [
    index('proposals_by_state').on(table.state, table.createdAt, table.id),
    index('proposals_by_content').on(table.catalog, table.subject, table.content),
    check('proposals_state', sql`${table.state} in ('open', 'approved', 'rejected')`),
  ],
);

/**
 * A row is a schema that somebody tried and kept for a while, so that a link shows it to others. Read by the console; in no export, and
 * removed by age and number.
 */
export const candidates = pgTable(
  'candidates',
  {
    id: name('id').primaryKey(),
    catalog: name('catalog')
      .notNull()
      .references(() => catalogs.name),
    subject: name('subject').notNull(),
    /** As JSON text: what is pasted may hold NUL, which PostgreSQL has no text for. */
    text: jsonText<string>()('text').notNull(),
    author: text('author').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    index('candidates_by_date').on(table.createdAt, table.id),
    index('candidates_by_author').on(table.author, table.createdAt, table.id),
  ],
);

/** A row is what one service sent or received of one version on one day. Read before a deprecation advances. */
export const usage = pgTable(
  'usage',
  {
    subjectId: integer('subject_id')
      .notNull()
      .references(() => subjects.id),
    day: date('day', { mode: 'string' }).notNull(),
    number: integer('number').notNull(),
    service: name('service').notNull(),
    role: text('role').$type<UsageRole>().notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
    lastSeen: instant('last_seen').notNull(),
  },
  (table) => [
    primaryKey({ name: 'usage_key', columns: [table.subjectId, table.day, table.number, table.service, table.role] }),
    check('usage_role', sql`${table.role} in ('produce', 'consume')`),
    check('usage_count', sql`${table.count} >= 0`),
  ],
);

/** A row is a batch of usage already counted. Read when a client sends one again. */
export const usageBatches = pgTable('usage_batches', {
  id: name('id').primaryKey(),
  at: instant('at').notNull(),
});

/** A row is one address that wants announcements. Read by the announcer. */
export const webhooks = pgTable('webhooks', {
  id: name('id').primaryKey(),
  url: text('url').notNull(),
  subjects: jsonText<readonly string[]>()('subjects').notNull(),
  types: jsonText<readonly string[]>()('types').notNull(),
  secret: text('secret').notNull(),
  createdAt: instant('created_at').notNull(),
  createdBy: text('created_by').notNull(),
});

/** A row is one API token by its hash, also when it holds no more. Read when somebody presents it. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: name('id').primaryKey(),
    sha256: text('sha256').notNull(),
    name: text('name').notNull(),
    role: text('role').$type<Role>().notNull(),
    services: jsonText<readonly string[]>()('services').notNull(),
    subjects: jsonText<readonly string[]>()('subjects').notNull(),
    expires: date('expires', { mode: 'string' }).notNull(),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    lastUsed: date('last_used', { mode: 'string' }),
    revokedAt: instant('revoked_at'),
    revokedBy: text('revoked_by'),
  },
  (table) => [
    unique('api_tokens_sha256').on(table.sha256),
    check('api_tokens_sha256_form', sql`${table.sha256} ~ '^[0-9a-f]{64}$'`),
    check('api_tokens_role', sql`${table.role} in ('reader', 'publisher', 'steward', 'admin')`),
  ],
);

/** A row is one announcement, written with the change it tells of. Read by the announcer, once, to make deliveries. */
export const outbox = pgTable(
  'outbox',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: text('id').notNull(),
    type: text('type').notNull(),
    catalog: name('catalog').notNull(),
    subject: name('subject').notNull(),
    data: jsonText<JsonObject>()('data').notNull(),
    at: instant('at').notNull(),
    origin: jsonText<Origin>()('origin'),
    fanned: boolean('fanned').notNull().default(false),
  },
  (table) => [
    unique('outbox_id').on(table.id),
    index('outbox_unfanned').on(table.sequence).where(sql`not ${table.fanned}`),
  ],
);

/** A row is one announcement on its way to one webhook. Read by the announcer until it is delivered or parked. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    sequence: bigint('sequence', { mode: 'number' })
      .notNull()
      .references(() => outbox.sequence),
    webhook: name('webhook')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** `catalog/subject`: within one stream a webhook gets announcements one after the other. */
    stream: name('stream').notNull(),
    state: text('state').$type<DeliveryRecord['state']>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAt: instant('next_at').notNull(),
    claimedUntil: instant('claimed_until'),
    lastError: text('last_error'),
  },
  (table) => [
    unique('deliveries_once').on(table.webhook, table.sequence),
    index('deliveries_by_webhook').on(table.webhook, table.id),
    index('deliveries_in_line').on(table.webhook, table.stream, table.sequence).where(sql`${table.state} = 'pending'`),
    index('deliveries_due').on(table.nextAt, table.sequence).where(sql`${table.state} = 'pending'`),
    index('deliveries_parked').on(table.id).where(sql`${table.state} = 'parked'`),
    check('deliveries_state', sql`${table.state} in ('pending', 'delivered', 'parked')`),
  ],
);

/**
 * A row is one write or refusal, chained to the row before. Read by auditors. Sequence and hashes are filled in by the trigger
 * `audit_chain`, so that no client can append beside the chain.
 */
export const auditLog = pgTable('audit_log', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  /** The entry with its time, as canonical JSON. */
  entry: text('entry').notNull(),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
});

/** The one row says where the chain ends: appends lock it, and a log whose last rows are gone does not reach it. */
export const auditHead = pgTable(
  'audit_head',
  {
    one: boolean('one').primaryKey().default(true),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [check('audit_head_one', sql`${table.one}`)],
);
