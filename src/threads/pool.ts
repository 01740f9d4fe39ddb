/**
 * Checks in threads of their own: a schema made to be hard costs its sender an answer, not everybody else the server. The engine
 * counts steps, so its answers are the same everywhere; the time limit here is the net below it, and says so when it is used.
 */
import { availableParallelism } from 'node:os';
import type { Checked } from '../check/check.ts';
import type { Comparison } from '../compat/report.ts';
import { Fault } from '../errors.ts';
import type { Checks } from '../registry/versions/checks.ts';
import type { Task } from './task.ts';
import { startWorkers, type WorkerOptions } from './workers.ts';

export interface CheckPool extends Checks {
  close(): Promise<void>;
}

export type PoolOptions = Partial<Pick<WorkerOptions, 'threads' | 'timeoutMs' | 'maxWaiting' | 'thread'>>;

export function checkPool(options: PoolOptions = {}): CheckPool {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const workers = startWorkers<Task>({
    thread: new URL('./thread.js', import.meta.url),
    threads: Math.max(1, availableParallelism() - 1),
    maxWaiting: 1_000,
    tasks: 'checks',
    ...options,
    timeoutMs,
    tooMuch: () => tooLong(timeoutMs),
  });
  return {
    check: async (...input) => (await workers.run({ kind: 'check', input })) as Checked,
    compare: async (...input) => (await workers.run({ kind: 'compare', input })) as Comparison,
    close: () => workers.close(),
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
