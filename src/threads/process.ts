/** A process that evaluates mappings: takes a task, does it, answers. It ends with the process that started it. */
import { Worker } from 'node:worker_threads';
import { inlineMappings } from '../registry/deprecation/mappings.ts';
import { ready } from './executor.ts';
import { type ProcessWork, performer, type Task } from './tasks.ts';

const perform = performer<ProcessWork>(inlineMappings);

process.on('message', async (task: Task<ProcessWork>) => {
  const outcome = await perform(task);
  process.send?.(outcome);
});
process.on('disconnect', () => process.exit());

// An expression that loops never hears of the disconnect; a second thread sees that the parent is gone and ends the process.
const orphanCheck = `
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 1000);
`;
new Worker(orphanCheck, { eval: true, env: {}, resourceLimits: { maxOldGenerationSizeMb: 16 } }).unref();

process.send?.(ready);
