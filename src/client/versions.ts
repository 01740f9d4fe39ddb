/** The registry's answers as types, checked where bytes become values. */
import { canonicalize } from '../schema/canonical-form.ts';
import type { Contract } from '../schema/contract.ts';
import { isRecord, type Json } from '../schema/json.ts';
import { HeraldError } from './error.ts';

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

export async function schemaFrom(value: unknown, path: string): Promise<Schema> {
  if (!isSchema(value)) throw unexpectedReply(path);
  await verify(value, path);
  return value;
}

export async function versionFrom(value: unknown, path: string): Promise<Version> {
  if (!isVersion(value)) throw unexpectedReply(path);
  await verify(value, path);
  return value;
}

function isSchema(value: unknown): value is Schema {
  return isRecord(value) && typeof value.id === 'number' && hasContent(value);
}

function isVersion(value: unknown): value is Version {
  return (
    isRecord(value) &&
    typeof value.number === 'number' &&
    typeof value.subject === 'string' &&
    typeof value.catalog === 'string' &&
    ['label', 'createdAt', 'stage'].every((name) => isTextOrAbsent(value[name])) &&
    hasContent(value)
  );
}

function hasContent({ fingerprint, schema, dialect }: Readonly<Record<string, unknown>>): boolean {
  const isContent = typeof schema === 'boolean' || isRecord(schema);
  return typeof fingerprint === 'string' && isContent && isTextOrAbsent(dialect);
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** Content is what its fingerprint says: what a proxy or a cache made of it is not kept for ever. */
async function verify({ schema, fingerprint }: Pick<Schema, 'schema' | 'fingerprint'>, path: string): Promise<void> {
  const hex = await digestOf(schema, path);
  if (hex === undefined || hex === fingerprint) return;
  const message = `The content that ${path} answered does not have the fingerprint it states.`;
  throw new HeraldError('REGISTRY_ANSWER_INVALID', message, { details: { path, stated: fingerprint, found: hex } });
}

/** The fingerprint of a schema; undefined where the runtime has no `crypto.subtle` (pages that came over plain HTTP). */
export async function digestOf(schema: Json, path: string): Promise<string | undefined> {
  const subtle = (globalThis.crypto as { readonly subtle?: typeof globalThis.crypto.subtle } | undefined)?.subtle;
  if (subtle === undefined) return undefined;
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(canonicalOr(schema, path)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function canonicalOr(schema: Json, path: string): string {
  try {
    return canonicalize(schema);
  } catch {
    throw unexpectedReply(path); // deeper than the stack: no registry takes such a schema
  }
}

export function unexpectedReply(path: string): HeraldError {
  return new HeraldError('REGISTRY_ANSWER_INVALID', `The answer to ${path} is not what a registry answers.`, {
    details: { path },
  });
}
