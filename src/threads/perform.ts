/** One task on one executor: to its end, its time limit, or until nobody wants it any more. */
import { Fault } from '../errors.ts';
import type { Executor, TaskOutcome } from './executor.ts';

/** `isReusable`: the executor may be given the next task. Otherwise it still runs this one, or has ended. */
export type Performed = { readonly isReusable: boolean } & (
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: Error }
);

export interface PerformOptions {
  /** From when the executor is ready and begins the task. */
  readonly timeoutMs: number;
  readonly exceeded: (what: 'time' | 'memory') => Error;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds an executor may take to load its module: on a busy machine that is longer than most tasks. */
const startTimeoutMs = 60_000;
/** Milliseconds a cancelled task has to end by itself: replacing an executor costs more than most tasks take. */
const cancelGraceMs = 100;

export function perform(
  executor: Executor,
  task: unknown,
  { timeoutMs, exceeded, signal }: PerformOptions,
): Promise<Performed> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (performed: Performed) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      executor.listen(undefined);
      resolve(performed);
    };
    const fail = (error: Error) => finish({ ok: false, error, isReusable: false });
    const failAfter = (milliseconds: number, error: () => Error) => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(error()), milliseconds);
    };
    const onAbort = () => failAfter(cancelGraceMs, cancelled);
    const begin = () => failAfter(timeoutMs, () => exceeded('time'));
    executor.listen({
      ready: () => !signal?.aborted && begin(),
      outcome: (outcome) => finish({ ...received(outcome), isReusable: true }),
      ended: (error) => fail(isOutOfMemory(error) ? exceeded('memory') : error),
    });
    if (executor.isReady) begin();
    else failAfter(startTimeoutMs, () => exceeded('time'));
    signal?.addEventListener('abort', onAbort);
    executor.send(task);
  });
}

function received(outcome: TaskOutcome): Exclude<TaskOutcome, { readonly fault: unknown }> {
  if (!('fault' in outcome)) return outcome;
  const { code, details, message } = outcome.fault;
  return { ok: false, error: new Fault(code, details, { message }) };
}

export function cancelled(): Fault {
  return new Fault('CANCELLED');
}

/** A thread says that it ran out of memory; a process has no time to. */
function isOutOfMemory(error: Error): boolean {
  return 'code' in error && (error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error.code === 'PROCESS_ENDED');
}
