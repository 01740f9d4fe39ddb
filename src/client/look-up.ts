/** Look-ups and their caches. Content is immutable and cached without expiry; `latest` and catalogs expire. */

import { lru } from '../lru.ts';
import { isRecord } from '../schema/json.ts';
import { HeraldError, isOutage } from './error.ts';
import type { ClientOptions, Runtime } from './options.ts';
import type { Pins } from './pins.ts';
import type { RegistryReply, RegistryRequest, SendRequest } from './request.ts';
import { type Schema, schemaFrom, unexpectedReply, type Version, versionFrom } from './versions.ts';

export interface LookUp {
  /** The cached version, or without a number the fresh `latest`; undefined where a request is needed. */
  known(catalog: string, subject: string, number: number | undefined): Version | undefined;
  schema(key: string): Promise<Schema>;
  version(catalog: string, subject: string, number: number): Promise<Version>;
  latest(catalog: string, subject: string): Promise<Version>;
  /** A catalog's rules. */
  catalog(name: string): Promise<Readonly<Record<string, unknown>>>;
}

const maxMissing = 1_000;
const defaults = { freshMs: 30_000, staleMs: 600_000, cacheBytes: 32 * 1024 * 1024 };

type From<Value> = (value: unknown, path: string, weight: number) => Value | Promise<Value>;

interface Cached<Value> {
  readonly value: Value;
  readonly etag: string | undefined;
  readonly weight: number;
  readonly checkedAt: number;
}

export function lookUps(options: ClientOptions, pins: Pins, request: SendRequest, runtime: Runtime): LookUp {
  const settings = { ...defaults, ...options };
  // UTF-16: two bytes a character
  const immutable = lru<unknown>(settings.cacheBytes / 2);
  const changing = lru<Cached<unknown>>(settings.cacheBytes / 8);
  const missing = lru<{ readonly error: HeraldError; readonly at: number }>(maxMissing);
  const once = singleFlight();

  /** Immutable content: fetched once. */
  const permanent = <Value>(key: string, path: string, from: From<Value>): Promise<Value> => {
    const known = immutable.get(key);
    if (known !== undefined) return Promise.resolve(known as Value);
    const refusal = refused(path);
    if (refusal !== undefined) return Promise.reject(refusal);
    return once(key, async () => {
      const answer = await request({ path }).catch((error: unknown) => remember(path, error));
      const value = await from(answer.value, path, answer.weight);
      immutable.set(key, value, answer.weight);
      return value;
    });
  };

  /** What is not there is not asked for again for `freshMs`: a typing error is made once for every event. */
  const refused = (path: string): HeraldError | undefined => {
    const known = missing.get(path);
    return known !== undefined && runtime.now() - known.at < settings.freshMs ? known.error : undefined;
  };
  const remember = (path: string, error: unknown): never => {
    if (error instanceof HeraldError && error.status === 404) missing.set(path, { error, at: runtime.now() }, 1);
    throw error;
  };

  /** Mutable content: fresh for `freshMs`, then stale while revalidated for `staleMs`, and stale on an outage. */
  const fresh = async <Value>(path: string, from: From<Value>): Promise<Value> => {
    const known = changing.get(path) as Cached<Value> | undefined;
    const age = known === undefined ? Number.POSITIVE_INFINITY : runtime.now() - known.checkedAt;
    if (known !== undefined && age < settings.freshMs) return known.value;
    const refusal = known === undefined ? refused(path) : undefined;
    if (refusal !== undefined) throw refusal;
    const renewed = once(path, () => renew(path, known, from));
    if (known === undefined || age >= settings.freshMs + settings.staleMs) return renewed;
    renewed.catch((error: unknown) => options.onError?.(error));
    return known.value;
  };

  const renew = async <Value>(path: string, known: Cached<Value> | undefined, from: From<Value>) => {
    const wanted: RegistryRequest = { path, etag: known?.etag };
    const answer = await request(wanted).catch((error: unknown) => fallBack(path, known, error));
    const isSame = answer.status === 304 && known !== undefined;
    if (answer.status === 304 && known === undefined) throw unexpectedReply(path);
    const value = isSame ? known.value : await from(answer.value, path, answer.weight);
    const { etag, weight } = isSame ? known : answer;
    changing.set(path, { value, etag, weight, checkedAt: runtime.now() }, weight);
    return value;
  };

  /** On an outage the cached value is served. A refusal is an answer, so the cached value is dropped. */
  const fallBack = (path: string, known: Cached<unknown> | undefined, error: unknown): RegistryReply => {
    if (!isOutage(error)) changing.delete(path);
    if (!isOutage(error) || known === undefined) return remember(path, error);
    options.onError?.(error);
    return { status: 304, value: undefined, etag: known.etag, weight: 0 };
  };

  /** A latest version is cached as a numbered version too: it stays valid when another one becomes latest. */
  const remembered = async (value: unknown, path: string, weight: number): Promise<Version> => {
    const version = await versionFrom(value, path);
    const { stage: _, ...pinned } = version;
    immutable.set(versionKey(version.catalog, version.subject, version.number), Object.freeze(pinned), weight);
    return version;
  };

  return {
    known(catalog, subject, number) {
      if (number === undefined) {
        const held = changing.get(`${subjectPath(catalog, subject)}/versions/latest`) as Cached<Version> | undefined;
        return held !== undefined && runtime.now() - held.checkedAt < settings.freshMs ? held.value : undefined;
      }
      const pinned = pins.version(catalog, subject);
      if (pinned?.number === number) return pinned.isVerified ? pinned.content : undefined;
      return immutable.get(versionKey(catalog, subject, number)) as Version | undefined;
    },
    schema: (key) => permanent(`schema ${key}`, `/v1/schemas/${encodeURIComponent(key)}`, schemaFrom),
    async version(catalog, subject, number) {
      const pinned = pins.version(catalog, subject);
      const given = pinned?.number === number ? await pins.verified(pinned) : undefined;
      if (given !== undefined) return given;
      const version = await permanent(
        versionKey(catalog, subject, number),
        `${subjectPath(catalog, subject)}/versions/${number}`,
        versionFrom,
      );
      if (pinned?.number === number && pinned.fingerprint !== version.fingerprint)
        throw pins.mismatch(catalog, subject, version);
      return version;
    },
    async latest(catalog, subject) {
      try {
        return await fresh(`${subjectPath(catalog, subject)}/versions/latest`, remembered);
      } catch (error) {
        const pinned = pins.version(catalog, subject);
        const given = pinned !== undefined && isOutage(error) ? await pins.verified(pinned) : undefined;
        if (given === undefined) throw error;
        return given;
      }
    },
    async catalog(name) {
      const given = options.catalogs?.[name];
      if (isRecord(given)) return given;
      return fresh(`/v1/catalogs/${encodeURIComponent(name)}`, rulesFrom);
    },
  };
}

function versionKey(catalog: string, subject: string, number: number): string {
  return `version ${catalog}/${subject}/${number}`;
}

function rulesFrom(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value) || !isRecord(value.rules)) throw unexpectedReply(path);
  return value.rules;
}

export function subjectPath(catalog: string, subject: string): string {
  return `/v1/catalogs/${encodeURIComponent(catalog)}/subjects/${encodeURIComponent(subject)}`;
}

/** Callers that ask for the same thing at the same time share one request. */
function singleFlight(): <Value>(key: string, run: () => Promise<Value>) => Promise<Value> {
  const flying = new Map<string, Promise<unknown>>();
  return <Value>(key: string, run: () => Promise<Value>) => {
    const known = flying.get(key) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const started = run().finally(() => flying.delete(key));
    flying.set(key, started);
    return started;
  };
}
