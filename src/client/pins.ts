/** Pinned versions: what the lock file names, with the documents that were given along. */
import { isRecord, type Json } from '../schema/json.ts';
import { HeraldError } from './error.ts';
import type { ClientOptions } from './options.ts';
import { digestOf, type Version } from './versions.ts';

export interface Pin {
  readonly number: number;
  readonly fingerprint: string;
  readonly content: Version | undefined;
  /** The version without its schema. */
  readonly alone: Omit<Version, 'schema'>;
  /** Whether `content` was held against the fingerprint. */
  isVerified: boolean;
}

export interface Pins {
  /** Of one catalog, in the order of the lock file. */
  subjects(catalog: string): readonly string[];
  version(catalog: string, subject: string): Pin | undefined;
  /** `content` of a pin, once its schema has the fingerprint of the lock file. */
  verified(pin: Pin): Promise<Version | undefined>;
  mismatch(catalog: string, subject: string, version: Version): HeraldError;
}

export function pinsOf({ lock, schemas = {}, validators = {} }: ClientOptions): Pins {
  const pins = new Map<string, Pin>();
  if (lock !== undefined) {
    if (!isRecord(lock) || lock.lockVersion !== 1 || !isRecord(lock.subjects))
      throw corrupt('it is no lock file of this version');
    for (const [key, row] of Object.entries(lock.subjects)) pins.set(key, pin(key, row, schemas));
  }
  const [unpinned] = Object.keys(validators).filter((key) => !pins.has(key));
  if (unpinned !== undefined)
    throw new HeraldError(
      'USAGE_INVALID',
      `There is a validator of ${unpinned}, but \`lock\` does not say of which version: pass herald.lock.json along.`,
    );
  return {
    subjects: (catalog) =>
      [...pins.keys()].filter((key) => key.startsWith(`${catalog}/`)).map((key) => key.slice(catalog.length + 1)),
    version: (catalog, subject) => pins.get(`${catalog}/${subject}`),
    async verified(pinned) {
      const { content, fingerprint } = pinned;
      if (content === undefined || pinned.isVerified) return content;
      const found = await digestOf(content.schema, `${content.catalog}/${content.subject}`);
      if (found !== undefined && found !== fingerprint)
        throw corrupt(
          `the schema given for ${content.catalog}/${content.subject} is not the one of version ${content.number}, which it pins`,
        );
      pinned.isVerified = true;
      return content;
    },
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
  return { number, fingerprint, content, alone: { catalog, subject, number, fingerprint }, isVerified: false };
}

function corrupt(what: string): HeraldError {
  return new HeraldError('LOCKFILE_INVALID', `The lock file cannot be used: ${what}. Run "herald pull" again.`);
}
