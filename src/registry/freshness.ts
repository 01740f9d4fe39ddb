/**
 * Whether what was read about a subject is still true. Each change of a subject, in any process, increments its counter. A cache
 * asks for the test before it reads, so that what was read before a change is never served after it.
 */
import type { Clock, Store } from './ports.ts';
import type { VersionKey } from './versions/look-up.ts';

export interface Freshness {
  /** Says whether nothing has changed about the subject since this call. */
  since(catalog: string, subject: string): () => boolean;
}

/** How long `latest` may be served without asking again, by our caches and by caches elsewhere, should the notice of a change be lost. */
export const latestFreshMs = 5_000;

/** Subjects with the same hash share a counter: now and then a needless read, and memory that does not grow. */
const counterCount = 4_096;

export function watchFreshness(store: Pick<Store, 'onChange'>): Freshness {
  const counters = new Uint32Array(counterCount);
  let everything = 0;
  store.onChange(({ catalog, subject }) => {
    if (subject === '') everything += 1;
    else counters[counterOf(catalog, subject)]! += 1;
  });
  return {
    since(catalog, subject) {
      const index = counterOf(catalog, subject);
      const counter = counters[index];
      const all = everything;
      return () => counters[index] === counter && everything === all;
    },
  };
}

function counterOf(catalog: string, subject: string): number {
  let hash = 7;
  for (const text of [catalog, '/', subject])
    for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return (hash >>> 0) % counterCount;
}

/** Says whether what is read about a version from now on is still true: until its subject changes, and `latest` for seconds. */
export function versionFreshness(freshness: Freshness, clock: Clock, key: VersionKey): () => boolean {
  const isUnchanged = freshness.since(key.catalog, key.subject);
  if (key.version !== 'latest') return isUnchanged;
  const expiresAt = clock.now() + latestFreshMs;
  return () => isUnchanged() && clock.now() < expiresAt;
}
