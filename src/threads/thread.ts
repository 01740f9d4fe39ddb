/** A thread that checks, validates and generates: takes a task, does it, answers. */
import { parentPort } from 'node:worker_threads';
import { ready } from './executor.ts';
import { yieldToOthers } from './priority.ts';
import { performer, type Task, type ThreadWork } from './tasks.ts';
import { threadWork } from './thread-work.ts';

yieldToOthers();
const perform = performer(threadWork());

parentPort?.on('message', async (task: Task<ThreadWork>) => {
  parentPort?.postMessage(await perform(task));
});

parentPort?.postMessage(ready);
