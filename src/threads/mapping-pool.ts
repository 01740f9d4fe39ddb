/**
 * Mappings in threads of their own: an expression of a stranger that never ends, or fills the memory, ends its thread and nothing
 * else. The steps are counted inside; time and memory here are the net below.
 */
import { Fault } from '../errors.ts';
import type { PairVerdict } from '../mapping/pairs.ts';
import type { Proof } from '../mapping/prove.ts';
import type { Mappings } from '../registry/deprecation/mappings.ts';
import type { PoolOptions } from './pool.ts';
import type { MappingWork } from './task.ts';
import { startWorkers } from './workers.ts';

export interface MappingPool extends Mappings {
  close(): Promise<void>;
}

const memoryMb = 256;

export function mappingPool(options: PoolOptions = {}): MappingPool {
  const timeoutMs = options.timeoutMs ?? 15_000;
  const workers = startWorkers<MappingWork>({
    thread: new URL('./mapping-thread.js', import.meta.url),
    threads: 1,
    maxWaiting: 100,
    tasks: 'mappings',
    memory: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    ...options,
    timeoutMs,
    tooMuch: (what) => tooCostly(what, timeoutMs),
  });
  return {
    prove: async (task) => (await workers.run({ kind: 'prove', task })) as Proof,
    comparePairs: async (task) => (await workers.run({ kind: 'pairs', task })) as readonly PairVerdict[],
    close: () => workers.close(),
  };
}

function tooCostly(what: 'time' | 'memory', timeoutMs: number): Fault {
  const limit = what === 'time' ? `${timeoutMs / 1_000} s` : `${memoryMb} MB`;
  return new Fault(
    'MAPPING_TOO_COSTLY',
    { what },
    {
      message: `The mapping took more than ${limit} of ${what} on these events and was ended. Make it simpler, or send fewer.`,
    },
  );
}
