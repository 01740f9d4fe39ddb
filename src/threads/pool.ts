/**
 * Checks in threads of their own: a schema made to be hard costs its sender an answer, not everybody else the server. The engine
 * counts steps, so its answers are the same everywhere; the time limit here is the net below it, and says so when it is used.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Checked } from '../check/check.ts';
import type { Comparison } from '../compat/report.ts';
import { Fault } from '../errors.ts';
import { type Checks, inlineChecks } from '../registry/checks.ts';
import type { Task, TaskAnswer } from './task.ts';

export interface CheckPool extends Checks {
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly threads?: number;
  /** For one task, from the moment a thread begins it. */
  readonly timeoutMs?: number;
  /** Tasks that may wait; past them a caller is told to come back. */
  readonly waiting?: number;
  /** The module each thread runs. */
  readonly thread?: URL;
}

interface Job {
  readonly task: Task;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A pool where there is something compiled for threads to run; from TypeScript sources (under the tests) this thread does the work. */
export function openChecks(): CheckPool {
  return import.meta.url.endsWith('.ts') ? { ...inlineChecks, close: () => Promise.resolve() } : checkPool();
}

export function checkPool(options: PoolOptions = {}): CheckPool {
  const { threads = Math.max(1, availableParallelism() - 1), timeoutMs = 20_000, waiting = 1_000 } = options;
  const module = options.thread ?? new URL('./thread.js', import.meta.url);
  const idle: Worker[] = [];
  const busy = new Set<Worker>();
  const queue: Job[] = [];
  let closed = false;

  const assign = () => {
    while (queue.length > 0 && (idle.length > 0 || busy.size < threads)) {
      const job = queue.shift();
      if (job) begin(idle.pop() ?? new Worker(module), job);
    }
  };

  const begin = (worker: Worker, job: Job) => {
    busy.add(worker);
    worker.ref();
    const finish = (settle: () => void, alive: boolean) => {
      clearTimeout(timer);
      // one by one: removing all would also remove what makes the port receive
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      busy.delete(worker);
      // an idle thread does not keep the process alive
      worker.unref();
      if (alive && !closed) idle.push(worker);
      else void worker.terminate();
      settle();
      assign();
    };
    const onMessage = (answer: TaskAnswer) =>
      finish(() => (answer.ok ? job.resolve(answer.result) : job.reject(answer.error)), true);
    const onError = (error: Error) => finish(() => job.reject(error), false);
    const onExit = () => finish(() => job.reject(new Error('a check thread ended')), false);
    const timer = setTimeout(() => finish(() => job.reject(tooLong(timeoutMs)), false), timeoutMs);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job.task);
  };

  const run = (task: Task): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed || queue.length >= waiting) {
        reject(new Fault('STORE_UNAVAILABLE', {}, { message: 'Too many checks are waiting; try again.' }));
        return;
      }
      queue.push({ task, resolve, reject });
      assign();
    });

  return {
    check: async (...input) => (await run({ kind: 'check', input })) as Checked,
    compare: async (...input) => (await run({ kind: 'compare', input })) as Comparison,
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(new Error('the pool is closed'));
      await Promise.all([...idle, ...busy].map((worker) => worker.terminate()));
    },
  };
}

function tooLong(timeoutMs: number): Fault {
  const seconds = timeoutMs / 1_000;
  return new Fault(
    'UNDECIDED',
    { reason: 'time', seconds },
    { message: `The check took longer than ${seconds} s and was ended; nothing was decided.` },
  );
}
