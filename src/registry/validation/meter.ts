/**
 * Counts validations in memory and writes the counts at intervals, since a transaction for each would cost more than the
 * validation. Counts that are not yet written are lost with the process: usage may be too low, never too high.
 */
import { Fault } from '../../errors.ts';
import { timestamp, today } from '../context.ts';
import type { Clock, Store } from '../ports.ts';
import type { UsageRecord } from '../records.ts';

type Row = Omit<UsageRecord, 'lastSeen'>;
type Counted = Omit<Row, 'day'>;

export interface Meter {
  add(row: Counted): void;
  /** Writes the counts. After a failure they are kept for the next attempt, but for rows the database refuses. */
  flush(): Promise<void>;
}

const maxRows = 100_000;

export function createMeter(store: Pick<Store, 'write'>, clock: Clock): Meter {
  let held = new Map<string, Row>();
  const add = (row: Row) => {
    const key = JSON.stringify([row.catalog, row.subject, row.number, row.service, row.role, row.day]);
    const before = held.get(key);
    if (!before && held.size >= maxRows) return;
    held.set(key, { ...row, count: row.count + (before?.count ?? 0) });
  };
  return {
    add: (row) => add({ ...row, day: today(clock) }),
    async flush() {
      if (held.size === 0) return;
      const rows = [...held.values()];
      held = new Map();
      const write = (some: readonly Row[]) =>
        store.write((transaction) => transaction.addUsage(undefined, some, timestamp(clock)));
      const left = await rowsNotWritten(rows, write);
      for (const row of left.rows) add(row);
      if (left.error !== undefined) throw left.error;
    },
  };
}

/**
 * Writes all of `rows` in one go, or by halves where the database refuses them: the row it refuses is dropped, so that it does not
 * stop the others for ever. Answers the rows that could not be tried, and the first error.
 */
async function rowsNotWritten(rows: readonly Row[], write: (some: readonly Row[]) => Promise<unknown>): Promise<Left> {
  try {
    await write(rows);
    return { rows: [] };
  } catch (error) {
    if (isUnavailable(error)) return { rows, error };
    if (rows.length === 1) return { rows: [], error };
  }
  const middle = Math.floor(rows.length / 2);
  const first = await rowsNotWritten(rows.slice(0, middle), write);
  if (first.rows.length > 0) return { ...first, rows: [...first.rows, ...rows.slice(middle)] };
  const second = await rowsNotWritten(rows.slice(middle), write);
  return { rows: second.rows, error: first.error ?? second.error };
}

interface Left {
  readonly rows: readonly Row[];
  readonly error?: unknown;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Fault && error.status === 503;
}
