/** The work of executors in this thread: nothing is compiled for others to run. */
import { inlineMappings } from '../../src/registry/deprecation/mappings.ts';
import { threadWork } from '../../src/threads/thread-work.ts';
import type { Work } from '../../src/threads/work.ts';

export function inlineWork(): Work {
  return { ...threadWork(), ...inlineMappings, close: () => Promise.resolve() };
}
