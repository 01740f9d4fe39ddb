/** The tables of the event store, as `herald events ddl` prints them. Every statement may be run again. */

/** Lanes are fixed: another number would send a key's events through two lanes at once. */
export const laneCount = 16;

/** A schema of PostgreSQL that the tables stand in; undefined: wherever the search path leads. */
export type SchemaName = string | undefined;

export function table(schema: SchemaName, name: string): string {
  return schema === undefined ? name : `"${schema.replaceAll('"', '""')}".${name}`;
}

export function ddl(schema?: string): readonly string[] {
  const t = (name: string) => table(schema, name);
  return [
    ...(schema === undefined ? [] : [`create schema if not exists "${schema.replaceAll('"', '""')}"`]),
    `create table if not exists ${t('herald_lane')} (
  lane smallint primary key,
  last_run timestamptz not null default '-infinity'
)`,
    `insert into ${t('herald_lane')} (lane) select generate_series(0, ${laneCount - 1}) on conflict do nothing`,
    `create table if not exists ${t('herald_outbox')} (
  id bigint generated always as identity primary key,
  lane smallint not null,
  okey text not null,
  seq bigint,
  event_id text not null,
  subject text not null,
  message_key text not null,
  body text not null,
  headers text not null,
  attempts integer not null default 0,
  next_at timestamptz not null default '-infinity',
  last_error text,
  created_at timestamptz not null default clock_timestamp()
)`,
    `create index if not exists herald_outbox_lane on ${t('herald_outbox')} (lane, id)`,
    `create index if not exists herald_outbox_waiting on ${t('herald_outbox')} (lane, okey) where next_at > '-infinity'`,
    `alter table ${t('herald_outbox')} set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`,
    `create table if not exists ${t('herald_key_sequence')} (
  okey text primary key,
  seq bigint not null
) with (fillfactor = 80)`,
    `create table if not exists ${t('herald_outbox_archive')} (
  published_at timestamptz not null default clock_timestamp(),
  event_id text not null,
  subject text not null,
  message_key text not null,
  body text not null,
  headers text not null
)`,
    `create index if not exists herald_outbox_archive_time on ${t('herald_outbox_archive')} (published_at)`,
    `create table if not exists ${t('herald_inbox')} (
  grp text not null,
  event_id text not null,
  done_at timestamptz not null default clock_timestamp(),
  primary key (grp, event_id)
)`,
    `create table if not exists ${t('herald_failure')} (
  grp text not null,
  event_id text not null,
  starts integer not null default 0,
  attempts integer not null default 0,
  first_at timestamptz,
  last_at timestamptz,
  error text,
  since timestamptz not null default clock_timestamp(),
  primary key (grp, event_id)
)`,
    `create table if not exists ${t('herald_parked')} (
  id text primary key,
  grp text not null,
  subject text not null,
  event_id text not null,
  message_key text not null,
  body bytea not null,
  headers text not null,
  error text not null,
  attempts integer not null,
  first_failed_at timestamptz not null,
  last_failed_at timestamptz not null,
  stored_at timestamptz,
  position text not null default '',
  parked_at timestamptz not null default clock_timestamp(),
  state text not null default 'parked',
  settled_at timestamptz
)`,
    `create index if not exists herald_parked_group on ${t('herald_parked')} (grp, state, parked_at)`,
    `create table if not exists ${t('herald_idempotency')} (
  key text primary key,
  expires_at timestamptz not null
)`,
    `create table if not exists ${t('herald_replay')} (
  id text primary key,
  grp text not null,
  subjects text not null,
  since text not null,
  until text,
  speed text not null,
  state text not null default 'asked',
  events bigint not null default 0,
  error text,
  asked_at timestamptz not null default clock_timestamp(),
  taken_until timestamptz not null default '-infinity',
  finished_at timestamptz
)`,
    `create index if not exists herald_replay_due on ${t('herald_replay')} (grp, asked_at) where state in ('asked', 'running')`,
    `create table if not exists ${t('herald_process')} (
  kind text not null,
  id text not null,
  step integer not null default 0,
  state text not null default 'running',
  data text not null,
  attempts integer not null default 0,
  error text,
  since timestamptz not null default clock_timestamp(),
  wake_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (kind, id)
)`,
    `create index if not exists herald_process_due on ${t('herald_process')} (kind, wake_at) where state in ('running', 'compensating')`,
  ];
}
