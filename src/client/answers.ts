/** The registry's answers as types, checked where bytes become values. */
import type { Contract } from '../schema/contract.ts';
import type { Json } from '../schema/json.ts';
import { HeraldError } from './error.ts';
import { isRecord } from './request.ts';

/** Content: the same for ever. */
export interface Schema {
  readonly id: number;
  readonly fingerprint: string;
  readonly dialect?: string;
  readonly schema: Json;
}

/** A version at its place. `stage` only stands in an answer about `latest`. */
export interface Version {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
  /** Absent where the version comes from a lock file. */
  readonly label?: string;
  readonly id?: number;
  readonly fingerprint: string;
  readonly dialect?: string;
  readonly schema: Json;
  readonly contract?: Contract;
  readonly createdAt?: string;
  readonly stage?: string;
}

export function schemaFrom(value: unknown, path: string): Schema {
  if (!isRecord(value) || typeof value.id !== 'number' || !hasContent(value)) throw strange(path);
  return value as unknown as Schema;
}

export function versionFrom(value: unknown, path: string): Version {
  const isPlaced = isRecord(value) && typeof value.number === 'number' && typeof value.subject === 'string';
  if (!isPlaced || typeof value.catalog !== 'string' || !hasContent(value)) throw strange(path);
  return value as unknown as Version;
}

function hasContent(value: Readonly<Record<string, unknown>>): boolean {
  const { fingerprint, schema } = value;
  return typeof fingerprint === 'string' && (typeof schema === 'boolean' || isRecord(schema));
}

export function strange(path: string): HeraldError {
  return new HeraldError('REGISTRY_ANSWER_INVALID', `The answer to ${path} is not what a registry answers.`, {
    details: { path },
  });
}
