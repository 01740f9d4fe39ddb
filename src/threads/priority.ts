/** What strangers ask for gets what requests leave over: on few cores a thread at work would hold up the thread that answers. */
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Below that of the process, where the least is 19: the kernel gives the thread that answers three times as much. */
const below = 5;
const least = 19;

/** The thread that calls. On Linux a thread has a priority of its own; elsewhere there is none to set, and nothing is. */
export function yieldToOthers(): void {
  if (process.platform !== 'linux') return;
  const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  setPriority(id, Math.min(least, getPriority(process.pid) + below));
}
