/** The inbox, failures and parked events in SQL. */
import type { Row, SqlDatabase, SqlTransaction } from '../sql.ts';
import type {
  Failures,
  NewParked,
  ParkedError,
  ParkedEvent,
  ParkedStore,
  ProcessedEventStore,
} from './consumer-store.ts';
import { type SchemaName, table } from './ddl.ts';

const maxListed = 10_000;

export function sqlProcessed(db: SqlDatabase, schema: SchemaName): ProcessedEventStore {
  const t = (name: string) => table(schema, name);
  return {
    async process(group, ids, run) {
      await db.transaction(async (tx, native) => {
        const rows = await tx.query(
          `insert into ${t('herald_inbox')} (grp, event_id) select $1, id from json_array_elements_text($2::text::json) as id
  on conflict do nothing returning event_id`,
          [group, JSON.stringify([...new Set(ids)].sort())],
        );
        const fresh = new Set(rows.map(({ event_id }) => String(event_id)));
        if (fresh.size > 0) await run(fresh, { tx, native });
      });
    },
    async starting(group, id) {
      const [row] = await db.query(
        `insert into ${t('herald_failure')} as f (grp, event_id, starts) values ($1, $2, 1)
  on conflict (grp, event_id) do update set starts = f.starts + 1 returning starts`,
        [group, id],
      );
      return Number(row?.starts) - 1;
    },
    async failed(group, id, error) {
      const [row] = await db.query(
        `insert into ${t('herald_failure')} as f (grp, event_id, attempts, first_at, last_at, error)
  values ($1, $2, 1, clock_timestamp(), clock_timestamp(), $3)
  on conflict (grp, event_id) do update set attempts = f.attempts + 1, starts = 0, error = excluded.error,
    first_at = coalesce(f.first_at, excluded.first_at), last_at = excluded.last_at
  returning attempts, ${ms('first_at')} as first_ms, ${ms('last_at')} as last_ms`,
        [group, id, JSON.stringify(error)],
      );
      return failures(row);
    },
    park: (event) => db.transaction((tx) => park(tx, event)),
    async takeUp(group, run) {
      const [row] = await db.query(
        `select ${columns} from ${t('herald_parked')} where grp = $1 and state = 'redrive' order by parked_at limit 1`,
        [group],
      );
      if (row === undefined) return false;
      const event = parkedEvent(row);
      if (await run(event))
        await db.query(
          `update ${t('herald_parked')} set state = 'redriven', settled_at = clock_timestamp()
  where id = $1 and state = 'redrive' and last_failed_at = ${time('$2')}`,
          [event.id, event.lastFailedAt],
        );
      return true;
    },
    parked: parkedOf(),
  };

  async function park(tx: SqlTransaction, event: NewParked): Promise<void> {
    const { id, group, subject, eventId, key, body, headers, error, attempts } = event;
    await tx.query(
      `insert into ${t('herald_parked')} (id, grp, subject, event_id, message_key, body, headers, error, attempts,
    first_failed_at, last_failed_at, stored_at, position)
  values ($1, $2, $3, $4, $5, decode($6, 'base64'), $7, $8, $9::int, ${time('$10')}, ${time('$11')}, ${time('$12')}, $13)
  on conflict (id) do update set error = excluded.error, attempts = excluded.attempts, last_failed_at = excluded.last_failed_at,
    state = 'parked', settled_at = null`,
      [
        id,
        group,
        subject,
        eventId,
        key,
        Buffer.from(body).toString('base64'),
        JSON.stringify(headers),
        JSON.stringify(error),
        attempts,
        event.firstFailedAt,
        event.lastFailedAt,
        event.storedAt ?? null,
        event.position,
      ],
    );
    await tx.query(`insert into ${t('herald_inbox')} (grp, event_id) values ($1, $2) on conflict do nothing`, [
      group,
      eventId,
    ]);
    await tx.query(`delete from ${t('herald_failure')} where grp = $1 and event_id = $2`, [group, eventId]);
  }

  function parkedOf(): ParkedStore {
    const settled = async (id: string, state: string, more: (tx: SqlTransaction, row: Row) => Promise<unknown>) =>
      db.transaction(async (tx) => {
        const [row] = await tx.query(
          `update ${t('herald_parked')} set state = $2, settled_at = clock_timestamp() where id = $1 and state = 'parked' returning grp, event_id`,
          [id, state],
        );
        if (row !== undefined) await more(tx, row);
        return row !== undefined;
      });
    return {
      async list({ group, subject, state, limit = 100 }) {
        const rows = await db.query(
          `select ${columns} from ${t('herald_parked')} where ($1::text is null or grp = $1) and ($2::text is null or subject = $2)
  and ($3::text is null or state = $3) order by parked_at, id limit $4::int`,
          [group ?? null, subject ?? null, state ?? null, Math.min(limit, maxListed)],
        );
        return rows.map(parkedEvent);
      },
      async get(id) {
        const [row] = await db.query(`select ${columns} from ${t('herald_parked')} where id = $1`, [id]);
        return row && parkedEvent(row);
      },
      redrive: (id) =>
        settled(id, 'redrive', (tx, { grp, event_id }) =>
          tx.query(`delete from ${t('herald_inbox')} where grp = $1 and event_id = $2`, [grp, event_id]),
        ),
      discard: (id) => settled(id, 'discarded', async () => {}),
    };
  }
}

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const time = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000)`;

const columns = `id, grp, subject, event_id, message_key, encode(body, 'base64') as body64, headers, error, attempts, position, state,
  ${ms('first_failed_at')} as first_ms, ${ms('last_failed_at')} as last_ms, ${ms('stored_at')} as stored_ms, ${ms('parked_at')} as parked_ms`;

function failures(row: Row | undefined): Failures {
  return { attempts: Number(row?.attempts), firstAt: Number(row?.first_ms), lastAt: Number(row?.last_ms) };
}

function parkedEvent(row: Row): ParkedEvent {
  return {
    id: String(row.id),
    group: String(row.grp),
    subject: String(row.subject),
    eventId: String(row.event_id),
    key: String(row.message_key),
    body: Buffer.from(String(row.body64), 'base64'),
    headers: JSON.parse(String(row.headers)) as Record<string, string>,
    error: JSON.parse(String(row.error)) as ParkedError,
    attempts: Number(row.attempts),
    firstFailedAt: Number(row.first_ms),
    lastFailedAt: Number(row.last_ms),
    storedAt: row.stored_ms === null ? undefined : Number(row.stored_ms),
    position: String(row.position),
    parkedAt: Number(row.parked_ms),
    state: row.state as ParkedEvent['state'],
  };
}
