/** Looks up content by its id or fingerprint. It never changes and never goes away: stored events refer to it. */
import { Fault } from '../errors.ts';
import { fingerprintPattern } from '../schema/canonical.ts';
import type { Context } from './context.ts';
import type { SchemaRecord } from './ports.ts';

const maxId = 2_147_483_647;

export async function lookUpSchema({ store }: Pick<Context, 'store'>, key: string): Promise<SchemaRecord> {
  const found = await find(store, key);
  if (!found) throw new Fault('SCHEMA_NOT_FOUND', { key });
  return found;
}

async function find(store: Context['store'], key: string): Promise<SchemaRecord | undefined> {
  if (fingerprintPattern.test(key)) return store.schemaByFingerprint(key);
  const id = /^[1-9]\d{0,9}$/.test(key) ? Number(key) : undefined;
  return id !== undefined && id <= maxId ? store.schemaById(id) : undefined;
}
