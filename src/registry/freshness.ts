/**
 * Whether what was read about a subject is still true. Every change of a subject, in whatever process, moves its mark on; who
 * remembers something asks for the watch before reading, so that what was read before a change is never given after it.
 */
import type { Store } from './ports.ts';

export interface Freshness {
  /** Says whether nothing has changed about the subject since it was asked for. */
  since(catalog: string, subject: string): () => boolean;
}

/** Marks are shared by subjects that fall into the same place: a needless reading now and then, and memory that does not grow. */
const places = 4_096;

export function watchFreshness(store: Pick<Store, 'onChange'>): Freshness {
  const marks = new Uint32Array(places);
  let everything = 0;
  store.onChange(({ catalog, subject }) => {
    if (subject === '') everything += 1;
    else marks[place(catalog, subject)]! += 1;
  });
  return {
    since(catalog, subject) {
      const at = place(catalog, subject);
      const mark = marks[at];
      const all = everything;
      return () => marks[at] === mark && everything === all;
    },
  };
}

function place(catalog: string, subject: string): number {
  let hash = 7;
  for (const text of [catalog, '/', subject])
    for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return (hash >>> 0) % places;
}
