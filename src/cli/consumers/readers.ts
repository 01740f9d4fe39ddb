/** Readers of files, beside the events they read. */
import type { KnownReader } from '../../check/input.ts';
import type { Collection } from '../source/collection.ts';
import type { FileReading } from './files.ts';

export interface WithReaders {
  readonly collections: readonly Collection[];
  /** Readings of events that are not among those checked. */
  readonly notices: readonly string[];
}

export function withReaders(collections: readonly Collection[], readings: readonly FileReading[]): WithReaders {
  const isChecked = ({ catalog, subject }: FileReading) =>
    collections.some(
      (one) => one.catalog.name === catalog && one.definitions.some((event) => event.subject === subject),
    );
  return {
    collections: collections.map((collection) => ({ ...collection, readers: readersOf(collection, readings) })),
    notices: readings
      .filter((reading) => !isChecked(reading))
      .map(({ file, catalog, subject }) => `${file} speaks of ${catalog}/${subject}, which is not checked here.`),
  };
}

function readersOf(
  { catalog }: Collection,
  readings: readonly FileReading[],
): ReadonlyMap<string, readonly KnownReader[]> {
  const found = new Map<string, readonly KnownReader[]>();
  for (const { file: _, catalog: name, subject, ...stated } of readings)
    if (name === catalog.name) found.set(subject, [...(found.get(subject) ?? []), { ...stated, origin: 'file' }]);
  return found;
}
