/** One thread of the pool: takes a task, does it, answers. */
import { parentPort } from 'node:worker_threads';
import { inlineChecks } from '../registry/versions/checks.ts';
import type { Task } from './task.ts';
import { ready, type TaskOutcome } from './workers.ts';

parentPort?.on('message', async (task: Task) => {
  parentPort?.postMessage(await outcomeOf(task));
});

async function outcomeOf(task: Task): Promise<TaskOutcome> {
  try {
    const result =
      task.kind === 'check' ? await inlineChecks.check(...task.input) : await inlineChecks.compare(...task.input);
    return { ok: true, result };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

parentPort?.postMessage(ready);
