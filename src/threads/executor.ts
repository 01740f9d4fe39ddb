/** What runs one task at a time and can be ended: a thread, or a process where the memory of a task must not be ours. */
import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { FaultCode, FaultDetails } from '../errors.ts';

/** What the module of an executor says once it is loaded; after that it answers every task with a TaskOutcome. */
export const ready = 'ready';

/** A Fault travels as what it is made of: a copy of an Error keeps neither its class nor its members. */
export type TaskOutcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: Error }
  | {
      readonly ok: false;
      readonly fault: { readonly code: FaultCode; readonly details: FaultDetails; readonly message: string };
    };

export interface Listener {
  ready(): void;
  outcome(outcome: TaskOutcome): void;
  /** It ended by itself or failed. */
  ended(error: Error): void;
}

export interface Executor {
  readonly isReady: boolean;
  readonly hasEnded: boolean;
  /** Whoever listened before hears nothing more. */
  listen(listener: Listener | undefined): void;
  send(task: unknown): void;
  end(): Promise<void>;
  /** While nothing runs on it, it does not keep the process alive. */
  ref(): void;
  unref(): void;
}

export type StartExecutor = () => Executor;

interface Vessel extends Pick<Executor, 'send' | 'end' | 'ref' | 'unref'> {
  on(message: (message: unknown) => void, ended: (error: Error) => void): void;
}

function executorOn({ on, ...vessel }: Vessel): Executor {
  let listener: Listener | undefined;
  let isReady = false;
  let hasEnded = false;
  on(
    (message) => {
      if (message === ready) {
        isReady = true;
        listener?.ready();
      } else listener?.outcome(message as TaskOutcome);
    },
    (error) => {
      hasEnded = true;
      listener?.ended(error);
    },
  );
  return {
    ...vessel,
    get isReady() {
      return isReady;
    },
    get hasEnded() {
      return hasEnded;
    },
    listen: (next) => {
      listener = next;
    },
  };
}

/** Without the environment: what a task runs has no business with this process's secrets. */
export function threadExecutor(module: URL, resourceLimits: ResourceLimits = {}): StartExecutor {
  return () => {
    const worker = new Worker(module, { env: {}, resourceLimits });
    return executorOn({
      on: (message, ended) => {
        worker.on('message', message);
        worker.on('error', ended);
        worker.on('exit', () => ended(new Error('a thread ended')));
      },
      send: (task) => worker.postMessage(task),
      end: async () => {
        await worker.terminate();
      },
      ref: () => worker.ref(),
      unref: () => worker.unref(),
    });
  };
}

/** One huge allocation aborts the whole process it happens in, whatever limits a thread has: so it happens in one of its own. */
export function processExecutor(module: URL, memoryMb: number): StartExecutor {
  return () => {
    const child = fork(fileURLToPath(module), {
      env: {},
      execArgv: [`--max-old-space-size=${memoryMb}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    lowerPriority(child);
    return executorOn({
      on: (message, ended) => {
        child.on('message', message);
        child.on('error', ended);
        child.on('exit', () => ended(Object.assign(new Error('a process ended'), { code: 'PROCESS_ENDED' })));
      },
      // of a process that has just died `exit` tells
      send: (task) => child.send(task as object, () => {}),
      end: () => killed(child),
      ref: () => {
        child.ref();
        child.channel?.ref();
      },
      unref: () => {
        child.unref();
        child.channel?.unref();
      },
    });
  };
}

/** Expressions of strangers get what requests leave over. */
function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, 10);
  } catch (error) {
    // it ended before; `exit` tells of it
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR')) throw error;
  }
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
