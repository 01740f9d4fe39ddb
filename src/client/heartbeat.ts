/** Reports usage counts to the registry at an interval: deprecations retire on this evidence. */
import { isOutage } from './error.ts';
import type { ClientOptions, Runtime } from './options.ts';
import type { SendRequest } from './request.ts';

export type Role = 'produce' | 'consume';

export interface Heartbeat {
  count(catalog: string, subject: string, number: number, role: Role): void;
  /** Sends what has been counted; rejects where that fails, and keeps the counts. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Row {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
  readonly service: string;
  readonly role: Role;
  readonly day: string;
  count: number;
}

interface Batch {
  readonly batch: string;
  readonly rows: readonly Row[];
}

const silent: Heartbeat = { count() {}, flush: () => Promise.resolve(), close: () => Promise.resolve() };
const maxRows = 10_000;

export function heartbeatOf(options: ClientOptions, request: SendRequest, runtime: Runtime): Heartbeat {
  const { heartbeat } = options;
  if (heartbeat === undefined || options.url === undefined) return silent;
  const { service, intervalMs = 60_000 } = heartbeat;
  let rows = new Map<string, Row>();
  // sent but not confirmed: goes out again under the same id, which the registry counts once
  let unsent: Batch | undefined;
  let cancel: (() => void) | undefined;
  let sending: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    for (;;) {
      if (unsent === undefined) {
        if (rows.size === 0) return;
        unsent = { batch: batchId(runtime), rows: [...rows.values()] };
        rows = new Map();
      }
      await request({ method: 'POST', path: '/v1/usage', body: unsent }).catch((error: unknown) => {
        // refused is refused: the same batch would be refused for ever
        if (isOutage(error)) throw error;
        options.onError?.(error);
      });
      unsent = undefined;
    }
  };
  const flush = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    sending ??= send().finally(() => {
      sending = undefined;
    });
    return sending;
  };
  const schedule = () => {
    cancel ??= runtime.later(intervalMs, () => {
      cancel = undefined;
      flush().catch((error: unknown) => {
        options.onError?.(error);
        schedule();
      });
    });
  };
  return {
    count(catalog, subject, number, role) {
      const day = new Date(runtime.now()).toISOString().slice(0, 10);
      const key = `${day} ${role} ${catalog}/${subject}/${number}`;
      const row = rows.get(key);
      if (row !== undefined) row.count += 1;
      else rows.set(key, { catalog, subject, number, service, role, day, count: 1 });
      if (rows.size < maxRows) schedule();
      else flush().catch((error: unknown) => options.onError?.(error));
    },
    flush,
    async close() {
      try {
        await flush();
      } finally {
        cancel?.();
        cancel = undefined;
      }
    },
  };
}

function batchId(runtime: Runtime): string {
  const part = () =>
    Math.floor(runtime.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `${runtime.now().toString(16)}-${part()}${part()}`;
}
