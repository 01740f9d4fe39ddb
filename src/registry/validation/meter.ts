/**
 * Counts validations in memory and writes the counts at intervals, since a transaction for each would cost more than the
 * validation. Counts that are not yet written are lost with the process: usage may be too low, never too high.
 */
import { timestamp, today } from '../context.ts';
import type { Clock, Store } from '../ports.ts';
import type { UsageRecord } from '../records.ts';

type Counted = Omit<UsageRecord, 'day' | 'lastSeen'>;

export interface Meter {
  add(row: Counted): void;
  /** Writes the counts. After a failure they are kept for the next attempt. */
  flush(): Promise<void>;
}

const maxRows = 100_000;

export function createMeter(store: Pick<Store, 'write'>, clock: Clock): Meter {
  let held = new Map<string, Omit<UsageRecord, 'lastSeen'>>();
  const add = (row: Omit<UsageRecord, 'lastSeen'>) => {
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
      try {
        await store.write((transaction) => transaction.addUsage(undefined, rows, timestamp(clock)));
      } catch (error) {
        for (const row of rows) add(row);
        throw error;
      }
    },
  };
}
