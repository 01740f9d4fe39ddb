/** Pinned versions: what the lock file names, with the documents that were given along. */
import type { Json } from '../schema/json.ts';
import { HeraldError } from './error.ts';
import type { ClientOptions } from './options.ts';
import { isRecord } from './request.ts';
import type { Version } from './versions.ts';

export interface Pin {
  readonly number: number;
  readonly fingerprint: string;
  readonly content: Version | undefined;
}

export interface Pins {
  /** Of one catalog, in the order of the lock file. */
  subjects(catalog: string): readonly string[];
  version(catalog: string, subject: string): Pin | undefined;
  mismatch(catalog: string, subject: string, version: Version): HeraldError;
}

export function pinsOf({ lock, schemas = {} }: ClientOptions): Pins {
  const pins = new Map<string, Pin>();
  if (lock !== undefined) {
    if (!isRecord(lock) || lock.lockVersion !== 1 || !isRecord(lock.subjects))
      throw corrupt('it is no lock file of this version');
    for (const [key, row] of Object.entries(lock.subjects)) pins.set(key, pin(key, row, schemas));
  }
  return {
    subjects: (catalog) =>
      [...pins.keys()].filter((key) => key.startsWith(`${catalog}/`)).map((key) => key.slice(catalog.length + 1)),
    version: (catalog, subject) => pins.get(`${catalog}/${subject}`),
    mismatch(catalog, subject, version) {
      return corrupt(`${catalog}/${subject} version ${version.number} has another fingerprint in the registry`);
    },
  };
}

function pin(key: string, row: unknown, schemas: Readonly<Record<string, unknown>>): Pin {
  const [catalog, subject, ...more] = key.split('/');
  const isRow = isRecord(row) && Number.isInteger(row.version) && typeof row.fingerprint === 'string';
  if (!isRow || catalog === undefined || subject === undefined || more.length > 0)
    throw corrupt(`its entry "${key}" is broken`);
  const { version: number, fingerprint } = row as { version: number; fingerprint: string };
  const schema = Object.hasOwn(schemas, key) ? (schemas[key] as Json) : undefined;
  const content = schema === undefined ? undefined : { catalog, subject, number, fingerprint, schema };
  return { number, fingerprint, content };
}

function corrupt(what: string): HeraldError {
  return new HeraldError('LOCKFILE_INVALID', `The lock file cannot be used: ${what}. Run "herald pull" again.`);
}
