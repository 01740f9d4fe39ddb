/**
 * Which answers about a subject are still true. Every change of a subject, in whatever process, moves its mark on; an answer is
 * remembered under the mark its reading began with, so that one read before a change is never found after it.
 */
import type { Store } from '../registry/ports.ts';

export interface Freshness {
  mark(catalog: string, subject: string): string;
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
  return { mark: (catalog, subject) => `${everything}.${marks[place(catalog, subject)]}` };
}

function place(catalog: string, subject: string): number {
  let hash = 7;
  for (const text of [catalog, '/', subject])
    for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return (hash >>> 0) % places;
}
