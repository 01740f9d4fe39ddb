/**
 * Replays that people ask of a group from outside, as `herald events replay --into` does: the service has the handlers, so one of the
 * group's members takes the request up and replays. A member that dies leaves it to the next one, under the same id.
 */
import { EventFault } from '../error.ts';
import type { Row, SqlDatabase } from '../sql.ts';
import { type SchemaName, table } from './ddl.ts';

export interface ReplayRequest {
  readonly id: string;
  readonly group: string;
  readonly subjects: readonly string[];
  readonly from: 'earliest' | 'last' | Date;
  readonly to: Date | undefined;
  readonly speed: 'instant' | 'original';
}

export interface AskedReplay extends ReplayRequest {
  readonly state: 'asked' | 'running' | 'done' | 'failed';
  /** Given to handlers, once it is done. */
  readonly events: number;
  /** Why it failed: code and message. */
  readonly error: string | undefined;
}

export interface ReplayRequests {
  ask(request: ReplayRequest): Promise<void>;
  get(id: string): Promise<AskedReplay | undefined>;
  /** Runs one that was asked of this group; false where there is none. `run` answers undefined where it was interrupted. */
  takeUp(group: string, run: (request: ReplayRequest) => Promise<number | undefined>): Promise<boolean>;
}

/** Without a word for so long, whoever replays is taken for dead. */
const leaseSeconds = 60;

export function replayRequests(db: SqlDatabase, schema: SchemaName): ReplayRequests {
  const t = table(schema, 'herald_replay');
  const lease = `clock_timestamp() + interval '${leaseSeconds} seconds'`;
  const hold = (id: string) => db.query(`update ${t} set taken_until = ${lease} where id = $1`, [id]);
  const end = (id: string, state: string, events: number, error: string | null) =>
    db.query(
      `update ${t} set state = $2, events = $3::bigint, error = $4, finished_at = clock_timestamp() where id = $1`,
      [id, state, events, error],
    );
  const letGo = (id: string) => db.query(`update ${t} set taken_until = '-infinity' where id = $1`, [id]);

  return {
    async ask({ id, group, subjects, from, to, speed }) {
      await db.query(`insert into ${t} (id, grp, subjects, since, until, speed) values ($1, $2, $3, $4, $5, $6)`, [
        id,
        group,
        JSON.stringify(subjects),
        from instanceof Date ? from.toISOString() : from,
        to?.toISOString() ?? null,
        speed,
      ]);
    },
    async get(id) {
      const [row] = await db.query(`select * from ${t} where id = $1`, [id]);
      if (row === undefined) return undefined;
      const { state, events, error } = row;
      return {
        ...requestIn(row),
        state: state as AskedReplay['state'],
        events: Number(events),
        error: error === null ? undefined : String(error),
      };
    },
    async takeUp(group, run) {
      const [row] = await db.query(
        `update ${t} set state = 'running', taken_until = ${lease} where id = (
  select id from ${t} where grp = $1 and state in ('asked', 'running') and taken_until < clock_timestamp()
  order by asked_at limit 1 for update skip locked) returning *`,
        [group],
      );
      if (row === undefined) return false;
      const request = requestIn(row);
      const beat = setInterval(() => void hold(request.id).catch(() => {}), (leaseSeconds * 1_000) / 4);
      beat.unref();
      try {
        const events = await run(request);
        if (events === undefined) await letGo(request.id);
        else await end(request.id, 'done', events, null);
      } catch (error) {
        // what is away now comes back, and the replay goes on then
        if (error instanceof EventFault && error.retry === 'outage') throw error;
        const text =
          error instanceof EventFault ? `${error.code}: ${error.message}` : 'It failed for an unknown reason.';
        await end(request.id, 'failed', 0, text);
        throw error;
      } finally {
        clearInterval(beat);
      }
      return true;
    },
  };
}

function requestIn(row: Row): ReplayRequest {
  const since = String(row.since);
  return {
    id: String(row.id),
    group: String(row.grp),
    subjects: JSON.parse(String(row.subjects)) as readonly string[],
    from: since === 'earliest' || since === 'last' ? since : new Date(since),
    to: row.until === null ? undefined : new Date(String(row.until)),
    speed: row.speed === 'original' ? 'original' : 'instant',
  };
}
