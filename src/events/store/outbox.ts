/**
 * The outbox in SQL. A lane belongs to the relay that holds its row locked; a key is published one event after another. The row of a
 * key's counter is locked until its transaction ends, so that ids rise in the order of commits for each key.
 */
import type { Message } from '../bus.ts';
import { laneOf } from '../lane.ts';
import type { Row, SqlTransaction } from '../sql.ts';
import { laneCount, type SchemaName, table } from './ddl.ts';

/** An event that waits to be published. */
export interface Waiting {
  readonly id: string;
  /** The stream and the key: what order is kept for. */
  readonly okey: string;
  readonly eventId: string;
  readonly subject: string;
  readonly key: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly createdAt: number;
}

export interface Outcome {
  readonly done: readonly Waiting[];
  /** Tried again after `delayMs`; `counts`: the attempt was the event's own failure, not an outage. */
  readonly failed: readonly {
    readonly row: Waiting;
    readonly delayMs: number;
    readonly error: string;
    readonly counts: boolean;
  }[];
  /** Given up, with the error contract as text. */
  readonly parked: readonly { readonly row: Waiting; readonly error: string }[];
}

export interface Pending {
  readonly count: number;
  /** Age of the oldest in seconds; 0 where nothing waits. */
  readonly ageSeconds: number;
}

export interface Outbox {
  add(tx: SqlTransaction, messages: readonly Message[]): Promise<void>;
  /** Locks a lane in which something is due and that nobody else holds; undefined where there is none. */
  claim(tx: SqlTransaction, apart: readonly number[]): Promise<number | undefined>;
  due(tx: SqlTransaction, lane: number, maxRows: number): Promise<readonly Waiting[]>;
  settle(
    tx: SqlTransaction,
    lane: number,
    outcome: Outcome,
    options: { readonly group: string; readonly archives: boolean },
  ): Promise<void>;
  pending(tx: SqlTransaction): Promise<Pending>;
}

/**
 * Of one lane, without rows of keys whose first row waits for a later time. Said once more with a constant, since by the clock alone
 * PostgreSQL does not see that the index of rows that wait is all it needs, and looks at the lane again for each row.
 */
const dueRows = (t: string, lane: string) => `from ${t} o where o.lane = ${lane} and not exists (
    select 1 from ${t} b where b.lane = o.lane and b.okey = o.okey and b.next_at > '-infinity'
      and b.next_at > clock_timestamp() and b.id <= o.id)`;

export function outboxOf(schema: SchemaName): Outbox {
  const t = (name: string) => table(schema, name);
  const outbox = t('herald_outbox');
  return {
    async add(tx, messages) {
      // keys in one order everywhere: two transactions that add for the same keys wait for each other instead of dying
      const sorted = messages.map((message) => ({ message, okey: orderOf(message) }));
      if (sorted.length > 1) sorted.sort((a, b) => (a.okey < b.okey ? -1 : a.okey > b.okey ? 1 : 0));
      for (const { message, okey } of sorted) await insert(tx, message, okey);
    },
    async claim(tx, apart) {
      const rows = await tx.query(
        `select lane from ${t('herald_lane')} l
  where not (lane = any(string_to_array($1, ',')::smallint[])) and exists (select 1 ${dueRows(outbox, 'l.lane')})
  order by last_run limit 1 for update skip locked`,
        [apart.join(',')],
      );
      return rows[0] === undefined ? undefined : Number(rows[0].lane);
    },
    async due(tx, lane, maxRows) {
      const rows = await tx.query(
        `select o.id::text as id, okey, event_id, subject, message_key, body, headers, attempts,
  (extract(epoch from created_at) * 1000)::float8 as created_ms ${dueRows(outbox, '$1::int')} order by o.id limit ${maxRows}`,
        [lane],
      );
      return rows.map(waiting);
    },
    async settle(tx, lane, { done, failed, parked }, { group, archives }) {
      const gone = [...done, ...parked.map(({ row }) => row)].map(({ id }) => id);
      if (archives && done.length > 0) await archive(tx, done);
      for (const { row, error } of parked) await park(tx, group, row, error);
      if (gone.length > 0)
        await tx.query(`delete from ${outbox} where id = any(string_to_array($1, ',')::bigint[])`, [gone.join(',')]);
      for (const { row, delayMs, error, counts } of failed)
        await tx.query(
          `update ${outbox} set attempts = attempts + $2::int, next_at = clock_timestamp() + $3::float8 * interval '1 millisecond', last_error = $4
  where id = $1::bigint`,
          [row.id, counts ? 1 : 0, delayMs, error],
        );
      await tx.query(`update ${t('herald_lane')} set last_run = clock_timestamp() where lane = $1::int`, [lane]);
    },
    async pending(tx) {
      const [row] = await tx.query(
        `select count(*)::float8 as count, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as age from ${outbox}`,
      );
      return { count: Number(row?.count), ageSeconds: Number(row?.age) };
    },
  };

  async function insert(tx: SqlTransaction, message: Message, okey: string): Promise<void> {
    const { id, channel, key, body, headers } = message;
    const values = [
      laneOf(okey, laneCount),
      okey,
      id,
      channel.subject,
      key,
      Buffer.from(body).toString('utf8'),
      JSON.stringify(headers),
    ];
    const columns = '(lane, okey, event_id, subject, message_key, body, headers, seq)';
    // an event that is its own key has no order to keep, and no counter
    if (key === id) {
      await tx.query(`insert into ${outbox} ${columns} values ($1::int, $2, $3, $4, $5, $6, $7, null)`, values);
      return;
    }
    await tx.query(
      `with s as (insert into ${t('herald_key_sequence')} as k (okey, seq) values ($2, 1)
  on conflict (okey) do update set seq = k.seq + 1 returning seq)
insert into ${outbox} ${columns} select $1::int, $2, $3, $4, $5, $6, $7, s.seq from s`,
      values,
    );
  }

  async function archive(tx: SqlTransaction, done: readonly Waiting[]): Promise<void> {
    await tx.query(
      `insert into ${t('herald_outbox_archive')} (event_id, subject, message_key, body, headers)
  select event_id, subject, message_key, body, headers from ${outbox} where id = any(string_to_array($1, ',')::bigint[]) order by id`,
      [done.map(({ id }) => id).join(',')],
    );
  }

  async function park(tx: SqlTransaction, group: string, row: Waiting, error: string): Promise<void> {
    await tx.query(
      `insert into ${t('herald_parked')} (id, grp, subject, event_id, message_key, body, headers, error, attempts, first_failed_at, last_failed_at)
  select event_id || '/' || id, $2, subject, event_id, message_key, convert_to(body, 'UTF8'), headers, $3, attempts + 1, clock_timestamp(), clock_timestamp()
  from ${outbox} where id = $1::bigint on conflict (id) do nothing`,
      [row.id, group, error],
    );
  }
}

function orderOf({ channel, key }: Message): string {
  return `${channel.stream} ${key}`;
}

function waiting(row: Row): Waiting {
  return {
    id: String(row.id),
    okey: String(row.okey),
    eventId: String(row.event_id),
    subject: String(row.subject),
    key: String(row.message_key),
    body: String(row.body),
    headers: JSON.parse(String(row.headers)) as Record<string, string>,
    attempts: Number(row.attempts),
    createdAt: Number(row.created_ms),
  };
}
