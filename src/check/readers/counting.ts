/** Whose break counts, by the policy of the catalog. */
import type { BreakPolicy } from '../../schema/level.ts';
import type { SeenReaders } from '../input.ts';
import type { Reader } from './known.ts';

export interface Counting {
  readonly policy: BreakPolicy;
  readonly seen: SeenReaders | undefined;
  /** Whether the catalog lets quiet readers count no more. */
  readonly quiet: string | undefined;
}

/**
 * Why a reader's break does not count; undefined: it does. Who was never seen may be one that does not count what it validates, and
 * where nobody is seen any more counts may not arrive: neither is called quiet.
 */
export function excuse(reader: Reader, { seen, quiet }: Counting): string | undefined {
  if (quiet === undefined || seen === undefined || seen.services.length === 0) return undefined;
  if (reader.critical || seen.services.includes(reader.service) || !seen.earlier.includes(reader.service))
    return undefined;
  return `it was not seen since ${seen.since}, and the catalog counts no reader that is quiet for ${quiet}`;
}
