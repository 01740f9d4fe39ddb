/**
 * Long processes (sagas): steps over several transactions, with compensation backwards where one cannot be done. What a process knows
 * is a row; a step and the row's change are one transaction, so that a process killed anywhere goes on from its last whole step.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../schema/json.ts';
import { type Backoff, delayAfter } from './backoff.ts';
import { EventFault } from './error.ts';
import { type Row, type SqlTransaction, sqlTransaction, type TransactionLike } from './sql.ts';
import { table } from './store/ddl.ts';
import type { SqlStore } from './store/sql.ts';

export interface StepContext {
  readonly id: string;
  /** Commits with the step. `events.add(tx, …)` publishes with it. */
  readonly tx: SqlTransaction;
  readonly native: unknown;
  /** The same for every attempt of this step: what another system is asked once by. */
  readonly idempotencyKey: string;
  readonly attempt: number;
}

/** The data from here on; nothing: as it was. `wait`: the step is not done, ask again when signalled or when `timeoutMs` is over. */
// biome-ignore lint/suspicious/noConfusingVoidType: a step that changes nothing returns nothing
export type StepOutcome<Data> = Data | 'wait' | undefined | void;

// biome-ignore lint/suspicious/noConfusingVoidType: likewise
type Undone<Data> = Data | undefined | void;

export interface Step<Data> {
  readonly name: string;
  run(data: Data, context: StepContext): Promise<StepOutcome<Data>>;
  /** Undoes what `run` did, in a transaction of its own. Retried until it succeeds. */
  compensate?(data: Data, context: StepContext): Promise<Undone<Data>>;
  /** Since the step began. After it the process compensates. Default: none. */
  readonly timeoutMs?: number;
}

export interface ProcessDefinition<Data> {
  readonly kind: string;
  readonly steps: readonly [Step<Data>, ...Step<Data>[]];
  /** Failed attempts of one step before the process compensates. Default 5. */
  readonly maxAttempts?: number;
  /** Default 1 second to 1 minute. */
  readonly backoff?: Backoff;
}

export type ProcessState = 'running' | 'compensating' | 'done' | 'compensated';

export interface ProcessRecord<Data> {
  readonly id: string;
  readonly state: ProcessState;
  /** The name of the step it is at; undefined where it has ended. */
  readonly step: string | undefined;
  readonly data: Data;
  readonly attempts: number;
  /** The code or name of what went wrong last. */
  readonly error: string | undefined;
}

export interface LongProcess<Data> {
  /** Begins one in the caller's transaction. The same id again changes nothing and answers false. */
  begin(tx: TransactionLike, id: string, data: Data): Promise<boolean>;
  /** What happened outside, merged into the data in the caller's transaction; the step is asked again. False where it has ended. */
  signal(tx: TransactionLike, id: string, more: Partial<Data>): Promise<boolean>;
  get(id: string): Promise<ProcessRecord<Data> | undefined>;
  /** Takes every step that is due; answers how many. */
  drain(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

const defaultBackoff: Backoff = { firstMs: 1_000, maxMs: 60_000 };
const maxPollMs = 500;
const waitMs = 365 * 86_400_000;

/**
 * @example
 * const booking = longProcess<Booking>(store, { kind: 'booking', steps: [reserve, charge, confirm] });
 * await sql.begin((tx) => booking.begin(tx, orderId, { orderId }));
 * booking.start();
 */
export function longProcess<Data extends Readonly<Record<string, Json>>>(
  store: SqlStore,
  definition: ProcessDefinition<Data>,
  onError: (error: unknown) => void = () => {},
): LongProcess<Data> {
  const t = table(store.schema, 'herald_process');
  const { kind } = definition;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const wasDue = await takeStep(store, t, definition, onError).catch((error: unknown) => void onError(error));
      if (wasDue !== true) await sleep(maxPollMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  return {
    async begin(tx, id, data) {
      const rows = await sqlTransaction(tx).query(
        `insert into ${t} (kind, id, data) values ($1, $2, $3) on conflict do nothing returning id`,
        [kind, id, JSON.stringify(data)],
      );
      return rows.length > 0;
    },
    async signal(tx, id, more) {
      const rows = await sqlTransaction(tx).query(
        `update ${t} set data = ((data::jsonb) || ($3::text::jsonb))::text, wake_at = clock_timestamp(), updated_at = clock_timestamp()
  where kind = $1 and id = $2 and state in ('running', 'compensating') returning id`,
        [kind, id, JSON.stringify(more)],
      );
      return rows.length > 0;
    },
    async get(id) {
      const [row] = await store.db.query(
        `select id, step, state, data, attempts, error from ${t} where kind = $1 and id = $2`,
        [kind, id],
      );
      return row && recordOf(definition, row);
    },
    async drain() {
      for (let taken = 0; ; taken += 1) if (!(await takeStep(store, t, definition, onError))) return taken;
    },
    start() {
      running ??= loop();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function recordOf<Data>({ steps }: ProcessDefinition<Data>, row: Row): ProcessRecord<Data> {
  const state = row.state as ProcessState;
  const hasEnded = state === 'done' || state === 'compensated';
  return {
    id: String(row.id),
    state,
    step: hasEnded ? undefined : steps[Number(row.step)]?.name,
    data: JSON.parse(String(row.data)) as Data,
    attempts: Number(row.attempts),
    error: row.error === null ? undefined : String(row.error),
  };
}

/** What the row becomes. */
interface Change {
  readonly step: number;
  readonly state: ProcessState;
  readonly data: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly wakeInMs: number;
}

/** False where nothing is due. */
async function takeStep<Data>(
  store: SqlStore,
  t: string,
  definition: ProcessDefinition<Data>,
  onError: (error: unknown) => void,
): Promise<boolean> {
  let failure: { readonly row: Row; readonly error: unknown } | undefined;
  const wasDue = await store.db
    .transaction(async (tx, native) => {
      const row = await due(tx, t, definition.kind);
      if (row === undefined) return false;
      try {
        await change(tx, t, definition.kind, row, await stepped(definition, row, tx, native));
      } catch (error) {
        failure = { row, error };
        throw error;
      }
      return true;
    })
    .catch((error: unknown) => {
      if (failure === undefined) throw error;
      return true;
    });
  // what the step wrote is undone; that it failed is kept, in a transaction of its own
  if (failure !== undefined) {
    onError(failure.error);
    await change(store.db, t, definition.kind, failure.row, failed(definition, failure.row, failure.error));
  }
  return wasDue;
}

async function due(tx: SqlTransaction, t: string, kind: string): Promise<Row | undefined> {
  const [row] = await tx.query(
    `select id, step, state, data, attempts, (extract(epoch from clock_timestamp() - since) * 1000)::float8 as age_ms from ${t}
  where kind = $1 and state in ('running', 'compensating') and wake_at <= clock_timestamp() order by wake_at limit 1 for update skip locked`,
    [kind],
  );
  return row;
}

async function stepped<Data>(
  definition: ProcessDefinition<Data>,
  row: Row,
  tx: SqlTransaction,
  native: unknown,
): Promise<Change> {
  const index = Number(row.step);
  const step = definition.steps[index]!;
  const isBackwards = row.state === 'compensating';
  const context: StepContext = {
    id: String(row.id),
    tx,
    native,
    idempotencyKey: [definition.kind, row.id, step.name, ...(isBackwards ? ['undo'] : [])].join('/'),
    attempt: Number(row.attempts) + 1,
  };
  const data = JSON.parse(String(row.data)) as Data;
  if (isBackwards) return backwards(index, row, await step.compensate?.(data, context));
  if (step.timeoutMs !== undefined && Number(row.age_ms) > step.timeoutMs) return turned(row, 'STEP_TIMEOUT');
  const outcome = await step.run(data, context);
  if (outcome === 'wait')
    return {
      ...same(row),
      wakeInMs: step.timeoutMs === undefined ? waitMs : Math.max(1, step.timeoutMs - Number(row.age_ms) + 1),
    };
  const isLast = index === definition.steps.length - 1;
  return {
    ...same(row),
    data: textOf(row, outcome),
    step: index + (isLast ? 0 : 1),
    state: isLast ? 'done' : 'running',
    attempts: 0,
    error: null,
  };
}

function backwards<Data>(index: number, row: Row, outcome: Undone<Data> | undefined): Change {
  const isFirst = index === 0;
  return {
    ...same(row),
    data: textOf(row, outcome),
    step: isFirst ? 0 : index - 1,
    state: isFirst ? 'compensated' : 'compensating',
    attempts: 0,
  };
}

/** From here the process goes back, beginning with the step that did not succeed: it may have done half of its work elsewhere. */
function turned(row: Row, error: string): Change {
  return { ...same(row), state: 'compensating', attempts: 0, error };
}

function failed<Data>(definition: ProcessDefinition<Data>, row: Row, error: unknown): Change {
  const { maxAttempts = 5, backoff = defaultBackoff } = definition;
  const attempts = Number(row.attempts) + 1;
  const code = error instanceof EventFault ? error.code : error instanceof Error ? error.name : 'error';
  // undoing has no way back: it is tried until it succeeds
  if (row.state === 'running' && attempts >= maxAttempts) return turned(row, code);
  return { ...same(row), attempts, error: code, wakeInMs: delayAfter(attempts, backoff, Math.random()) };
}

function same(row: Row): Change {
  return {
    step: Number(row.step),
    state: row.state as ProcessState,
    data: String(row.data),
    attempts: Number(row.attempts),
    error: null,
    wakeInMs: 0,
  };
}

function textOf(row: Row, outcome: unknown): string {
  return outcome === undefined ? String(row.data) : JSON.stringify(outcome);
}

/** A signal that came in between has changed the data: then what a failed step knew of them is not written over it. */
async function change(
  tx: SqlTransaction,
  t: string,
  kind: string,
  row: Row,
  { step, state, data, attempts, error, wakeInMs }: Change,
): Promise<void> {
  const isNewStep = step !== Number(row.step) || state !== row.state;
  await tx.query(
    `update ${t} set step = $3::int, state = $4, data = case when data = $9 then $5 else data end, attempts = $6::int, error = coalesce($7, error),
  wake_at = clock_timestamp() + $8::float8 * interval '1 millisecond', updated_at = clock_timestamp()${isNewStep ? ', since = clock_timestamp()' : ''}
  where kind = $1 and id = $2`,
    [kind, String(row.id), step, state, data, attempts, error, wakeInMs, String(row.data)],
  );
}
