/** The composition of executors: threads for what is checked, validated and generated, a process for what evaluates expressions. */
import { availableParallelism } from 'node:os';
import { Fault } from '../errors.ts';
import { processExecutor, type StartExecutor, threadExecutor } from './executor.ts';
import { type ProcessWork, remote, type Task, type ThreadWork } from './tasks.ts';
import { startWorkers, type WorkersOptions } from './workers.ts';

export interface Work extends ThreadWork, ProcessWork {
  /** Ends what runs, refuses what waits. */
  close(): Promise<void>;
}

/** What tests set. */
export type WorkOptions = Partial<
  Pick<
    WorkersOptions<never>,
    'concurrency' | 'maxExecutors' | 'timeoutMs' | 'maxWaiting' | 'maxWaitingPerCaller' | 'budget'
  >
> & {
  readonly thread?: StartExecutor;
  readonly process?: StartExecutor;
  /** Processes of the registry on this machine, which share its cores. Default 1. */
  readonly processes?: number;
};

const threadLimits = { timeoutMs: 20_000, memoryMb: 1_024 };
const processLimits = { timeoutMs: 10_000, memoryMb: 256 };
/** While the outcome of one task waits for the thread that answers everybody, and the next one for being sent, another one runs. */
const minConcurrency = 2;
/** Executors with slow tasks that may run beside the others: each takes memory, and a share of the cores. */
const maxSlow = 4;
const queueLimits = { maxWaiting: 2_000, maxWaitingPerCaller: 500 };

export function startWork({ thread, process, processes: sharing = 1, ...options }: WorkOptions = {}): Work {
  const slow = Math.ceil(maxSlow / sharing);
  const concurrency = options.concurrency ?? Math.max(minConcurrency, availableParallelism() - 1);
  const inThread = { ...queueLimits, timeoutMs: threadLimits.timeoutMs, ...options };
  const threads = startWorkers<Task<ThreadWork>>({
    maxExecutors: concurrency + slow,
    ...inThread,
    concurrency,
    loadsAhead: true,
    start:
      thread ??
      threadExecutor(new URL('./thread.js', import.meta.url), {
        maxOldGenerationSizeMb: threadLimits.memoryMb,
      }),
    tasks: 'checks, validations and generations',
    exceeded: (what, task) => tooCostly(faultOf(task), what, { ...inThread, memoryMb: threadLimits.memoryMb }),
  });
  const inProcess = { ...queueLimits, timeoutMs: processLimits.timeoutMs, ...options };
  const processes = startWorkers<Task<ProcessWork>>({
    maxExecutors: 1 + slow,
    ...inProcess,
    concurrency: 1,
    start: process ?? processExecutor(new URL('./process.js', import.meta.url), processLimits.memoryMb),
    tasks: 'mappings',
    exceeded: (what) => tooCostly('MAPPING_TOO_COSTLY', what, { ...inProcess, memoryMb: processLimits.memoryMb }),
  });
  return {
    ...remote<ThreadWork>(
      ['check', 'checkLong', 'checkInOrder', 'compare', 'declaration', 'artifact', 'asyncApi', 'dataMap', 'validate'],
      threads.run,
    ),
    ...remote<ProcessWork>(['prove', 'comparePairs'], processes.run),
    close: async () => {
      await Promise.all([threads.close(), processes.close()]);
    },
  };
}

const undecided = new Set<keyof ThreadWork>(['check', 'checkLong', 'checkInOrder', 'compare', 'declaration']);

function faultOf({ method }: Task<ThreadWork>): keyof typeof remedies {
  if (undecided.has(method)) return 'UNDECIDED';
  return method === 'validate' ? 'VALIDATION_TOO_COSTLY' : 'GENERATION_TOO_COSTLY';
}

/** A row says what was asked and what helps. */
const remedies = {
  UNDECIDED: ['The check', 'nothing was decided'],
  VALIDATION_TOO_COSTLY: ['The validation', 'send fewer or smaller events'],
  GENERATION_TOO_COSTLY: ['The generation', 'generate on your own machine with "herald generate"'],
  MAPPING_TOO_COSTLY: ['The mapping', 'make it simpler, or send fewer events'],
} as const;

function tooCostly(
  code: keyof typeof remedies,
  what: 'time' | 'memory',
  { timeoutMs, memoryMb }: { readonly timeoutMs: number; readonly memoryMb: number },
): Fault {
  const [subject, remedy] = remedies[code];
  const limit = what === 'time' ? `${timeoutMs / 1_000} s` : `${memoryMb} MB`;
  return new Fault(
    code,
    { reason: what, limit },
    { message: `${subject} took more than ${limit} of ${what} and was ended: ${remedy}.` },
  );
}
