/** Questions about one subject that were answered together before: they are not asked again. */
import type { Reads, Surroundings } from '../ports.ts';
import type { SubjectKey } from './look-up.ts';

export function knowing<T extends Reads>(reads: T, { catalog, subject }: SubjectKey, around: Surroundings): T {
  return {
    ...reads,
    waivers: (filter: Parameters<Reads['waivers']>[0]) =>
      filter.catalog === catalog && filter.subject === subject
        ? Promise.resolve(around.waivers)
        : reads.waivers(filter),
    consumers: (inCatalog: string, named?: string | readonly string[]) =>
      inCatalog === catalog && named === subject
        ? Promise.resolve(around.consumers)
        : reads.consumers(inCatalog, named),
  };
}
