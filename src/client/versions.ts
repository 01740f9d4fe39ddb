/** The registry's answers as types, checked where bytes become values. */
import { canonicalize } from '../schema/canonical-form.ts';
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

export async function schemaFrom(value: unknown, path: string): Promise<Schema> {
  if (!isRecord(value) || typeof value.id !== 'number' || !hasContent(value)) throw unexpectedReply(path);
  await verify(value as unknown as Schema, path);
  return value as unknown as Schema;
}

export async function versionFrom(value: unknown, path: string): Promise<Version> {
  const isPlaced = isRecord(value) && typeof value.number === 'number' && typeof value.subject === 'string';
  if (!isPlaced || typeof value.catalog !== 'string' || !hasContent(value)) throw unexpectedReply(path);
  await verify(value as unknown as Version, path);
  return value as unknown as Version;
}

function hasContent(value: Readonly<Record<string, unknown>>): boolean {
  const { fingerprint, schema } = value;
  return typeof fingerprint === 'string' && (typeof schema === 'boolean' || isRecord(schema));
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
