/**
 * Work that strangers cause, away from the thread that answers everybody: every task has a time limit, callers take turns, and a task
 * ends with whoever asked for it. A task that turns out slow does not count among those that may run at once, so that others go on
 * beside it; how many slow ones there may be is bounded as well.
 */
import { Fault } from '../errors.ts';
import type { Requester } from '../registry/requester.ts';
import { unlimited, type WorkBudget } from './budget.ts';
import type { Executor, StartExecutor } from './executor.ts';
import { fairQueue } from './fair-queue.ts';
import { cancelled, type Performed, perform } from './perform.ts';

export interface WorkersOptions<Task> {
  readonly start: StartExecutor;
  /** One is loaded before anybody asks, and again when it is taken: on a busy machine loading takes longer than most tasks. */
  readonly loadsAhead?: boolean | undefined;
  /** Tasks at once, without those that turned out slow; and tasks at once of one caller, one less where one of them is slow. */
  readonly concurrency: number;
  /** Executors at once, those with slow tasks among them. */
  readonly maxExecutors: number;
  /** For one task. */
  readonly timeoutMs: number;
  /** Tasks that may wait, of everybody and of one caller. */
  readonly maxWaiting: number;
  readonly maxWaitingPerCaller: number;
  /** What these tasks are called in a refusal, such as `checks`. */
  readonly tasks: string;
  /** What a task that took too much of `what` is refused with. */
  readonly exceeded: (what: 'time' | 'memory', task: Task) => Error;
  readonly budget?: WorkBudget | undefined;
}

export interface Workers<Task> {
  /** Faults: OVERLOADED, RATE_LIMITED, CANCELLED, and what `exceeded` makes. */
  run(task: Task, requester: Requester): Promise<unknown>;
  /** Ends what runs and refuses what waits. */
  close(): Promise<void>;
}

/** Milliseconds after which a task is slow: others are then served beside it. */
const slowAfterMs = 250;

interface Job<Task> {
  readonly task: Task;
  readonly requester: Requester;
  /** By the requester's signal, or as the workers close. */
  readonly stop: AbortController;
  readonly settle: (performed: Performed) => void;
}

interface Run {
  readonly queue: string;
  readonly stop: AbortController;
  isSlow: boolean;
}

export function startWorkers<Task>(options: WorkersOptions<Task>): Workers<Task> {
  const { concurrency, maxExecutors, budget = unlimited, loadsAhead = false } = options;
  const waiting = fairQueue<Job<Task>>();
  const running = new Set<Run>();
  const idle: Executor[] = [];
  const ending = new Set<Promise<void>>();
  let closed = false;

  const hasRoom = () =>
    running.size < maxExecutors && [...running].filter(({ isSlow }) => !isSlow).length < concurrency;
  /** A caller whose task is slow leaves others one executor more. */
  const hasRoomFor = (queue: string) => {
    const own = [...running].filter((run) => run.queue === queue);
    return own.length < (own.some(({ isSlow }) => isSlow) ? Math.max(1, concurrency - 1) : concurrency);
  };

  const assign = () => {
    while (!closed && hasRoom()) {
      const job = waiting.take(hasRoomFor);
      if (!job) break;
      void begin(executorFor(), job);
    }
    keepSpare();
  };

  /** Whoever comes while others' slow tasks run does not wait for loading too. */
  const keepSpare = () => {
    const isWanted = loadsAhead || running.size > 0;
    if (closed || !isWanted || idle.length > 0 || running.size >= maxExecutors) return;
    const spare = options.start();
    spare.unref();
    idle.push(spare);
  };

  const executorFor = (): Executor => {
    for (let executor = idle.pop(); executor; executor = idle.pop()) if (!executor.hasEnded) return executor;
    return options.start();
  };

  const begin = async (executor: Executor, { task, requester, stop, settle }: Job<Task>) => {
    const run: Run = { queue: requester.queue, stop, isSlow: false };
    running.add(run);
    executor.ref();
    const began = performance.now();
    const slow = setTimeout(() => {
      run.isSlow = true;
      assign();
    }, slowAfterMs);
    const performed = await perform(executor, task, {
      timeoutMs: options.timeoutMs,
      exceeded: (what) => options.exceeded(what, task),
      signal: stop.signal,
    });
    clearTimeout(slow);
    running.delete(run);
    const sharing = sharingOf(requester);
    const each = (performance.now() - began) / sharing.length;
    for (const queue of sharing) budget.spend(queue, each);
    giveBack(executor, performed.isReusable);
    settle(performed);
    assign();
  };

  const giveBack = (executor: Executor, isReusable: boolean) => {
    executor.unref();
    if (isReusable && !closed) {
      idle.push(executor);
      return;
    }
    const end = executor.end();
    ending.add(end);
    void end.finally(() => ending.delete(end));
  };

  const refuseUnlessRoom = (requester: Requester) => {
    const { queue, signal } = requester;
    if (closed || signal?.aborted) throw cancelled();
    for (const each of sharingOf(requester)) budget.require(each);
    const { maxWaitingPerCaller, maxWaiting, tasks } = options;
    if (waiting.waitingOf(queue) >= maxWaitingPerCaller)
      throw new Fault(
        'RATE_LIMITED',
        { waiting: maxWaitingPerCaller },
        { message: `${maxWaitingPerCaller} ${tasks} of this caller are waiting; try again later.` },
      );
    if (waiting.size >= maxWaiting)
      throw new Fault('OVERLOADED', {}, { message: `Too many ${tasks} are waiting; try again.` });
  };

  keepSpare();
  return {
    run: async (task, requester) => {
      refuseUnlessRoom(requester);
      const stop = new AbortController();
      const abort = () => stop.abort();
      requester.signal?.addEventListener('abort', abort);
      try {
        return await new Promise((resolve, reject) => {
          const settle = (performed: Performed) => (performed.ok ? resolve(performed.result) : reject(performed.error));
          const job: Job<Task> = { task, requester, stop, settle };
          // at once, also while the executor has time to end by itself
          stop.signal.addEventListener('abort', () => {
            waiting.remove(requester.queue, job);
            reject(cancelled());
          });
          waiting.push(requester.queue, job);
          assign();
        });
      } finally {
        requester.signal?.removeEventListener('abort', abort);
      }
    },
    async close() {
      closed = true;
      for (const { stop } of [...waiting.drain(), ...running]) stop.abort();
      const ended = idle.splice(0).map((executor) => executor.end());
      await Promise.all([...ended, untilNothingRuns(running)]);
      await Promise.all(ending);
    },
  };
}

function sharingOf({ queue, sharing = [queue] }: Requester): readonly string[] {
  return sharing;
}

/** Cancelled tasks end soon. */
async function untilNothingRuns(running: ReadonlySet<Run>): Promise<void> {
  while (running.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}
