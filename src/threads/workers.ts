/** Threads that do one task at a time each, and can be ended: what every pool here is made of. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { Fault } from '../errors.ts';

export interface WorkerOptions {
  /** The module each thread runs: it says `ready` once it is loaded, then answers every message with a TaskOutcome. */
  readonly thread: URL;
  readonly threads: number;
  /** For one task, from the moment a thread that is ready begins it. */
  readonly timeoutMs: number;
  /** Tasks that may wait; past them a caller is told to come back. */
  readonly maxWaiting: number;
  readonly memory?: ResourceLimits;
  /** What these tasks are called in a refusal, such as `checks`. */
  readonly tasks: string;
  /** What a task that took too much of `what` is refused with. */
  readonly tooMuch: (what: 'time' | 'memory') => Error;
}

export type TaskOutcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: Error };

export interface Workers<Task> {
  run(task: Task): Promise<unknown>;
  close(): Promise<void>;
}

export const ready = 'ready';

/** Milliseconds a thread may take to load its module: on a busy machine that is longer than most tasks. */
const startTimeoutMs = 60_000;

interface Job<Task> {
  readonly task: Task;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function startWorkers<Task>(options: WorkerOptions): Workers<Task> {
  const { threads, timeoutMs, maxWaiting } = options;
  const idle: Worker[] = [];
  const busy = new Set<Worker>();
  const loaded = new WeakSet<Worker>();
  const queue: Job<Task>[] = [];
  let closed = false;

  const assign = () => {
    while (queue.length > 0 && (idle.length > 0 || busy.size < threads)) {
      const job = queue.shift();
      if (job) begin(idle.pop() ?? newWorker(options), job);
    }
  };

  const begin = (worker: Worker, job: Job<Task>) => {
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
    const limited = (milliseconds: number) =>
      setTimeout(() => finish(() => job.reject(options.tooMuch('time')), false), milliseconds);
    const onMessage = (outcome: TaskOutcome | typeof ready) => {
      if (outcome === ready) {
        loaded.add(worker);
        clearTimeout(timer);
        timer = limited(timeoutMs);
      } else finish(() => (outcome.ok ? job.resolve(outcome.result) : job.reject(outcome.error)), true);
    };
    const onError = (error: Error) =>
      finish(() => job.reject(outOfMemory(error) ? options.tooMuch('memory') : error), false);
    const onExit = () => finish(() => job.reject(new Error('a thread ended')), false);
    let timer = limited(loaded.has(worker) ? timeoutMs : startTimeoutMs);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job.task);
  };

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (closed || queue.length >= maxWaiting) {
          reject(new Fault('STORE_UNAVAILABLE', {}, { message: `Too many ${options.tasks} are waiting; try again.` }));
          return;
        }
        queue.push({ task, resolve, reject });
        assign();
      }),
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(new Error('the pool is closed'));
      await Promise.all([...idle, ...busy].map((worker) => worker.terminate()));
    },
  };
}

/** Without the environment: what a thread runs has no business with this process's secrets. */
function newWorker({ thread, memory }: WorkerOptions): Worker {
  return new Worker(thread, { env: {}, ...(memory && { resourceLimits: memory }) });
}

function outOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
