/** One thread of the mapping pool: takes a task, does it, answers. */
import { parentPort } from 'node:worker_threads';
import { inlineMappings } from '../registry/deprecation/mappings.ts';
import type { MappingWork } from './task.ts';
import { ready, type TaskOutcome } from './workers.ts';

parentPort?.on('message', async (work: MappingWork) => {
  parentPort?.postMessage(await outcomeOf(work));
});

async function outcomeOf(work: MappingWork): Promise<TaskOutcome> {
  try {
    const result =
      work.kind === 'prove' ? await inlineMappings.prove(work.task) : await inlineMappings.comparePairs(work.task);
    return { ok: true, result };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

parentPort?.postMessage(ready);
