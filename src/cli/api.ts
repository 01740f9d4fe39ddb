/** Calls to a registry: one place for its address, the token, time-outs and what its refusals mean here. */
import { Fault, isFaultCode } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { type Input, type OptionRow, text } from './command.ts';
import type { Io } from './io.ts';

export const registryOption: OptionRow = {
  type: 'string',
  value: 'URL',
  summary: 'The registry to talk to. Default: $HERALD_URL, else http://127.0.0.1:8080.',
};

export const defaultRegistry = 'http://127.0.0.1:8080';
const timeoutMs = 60_000;

export interface Api {
  readonly url: string;
  /** Throws the registry's own Fault where it refuses. */
  call(method: string, path: string, body?: Json | string, mediaType?: string): Promise<RegistryReply>;
  /** An answer as it comes, however long that takes. Throws as `call` does, and REGISTRY_UNREACHABLE where it breaks off. */
  stream(path: string): Promise<AsyncIterable<Uint8Array>>;
}

export interface RegistryReply {
  readonly status: number;
  readonly json: JsonObject;
  readonly text: string;
  readonly headers: Headers;
}

export function registryApi(input: Input, io: Io): Api {
  return apiAt(text(input, 'registry') ?? io.env.HERALD_URL ?? defaultRegistry, io, io.env.HERALD_TOKEN);
}

export function apiAt(given: string, io: Pick<Io, 'fetch'>, token: string | undefined): Api {
  const url = given.replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url))
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: `"${url}" is no registry URL: it starts with http:// or https://.` },
    );
  const authorized = token !== undefined && { authorization: `Bearer ${token}` };
  return {
    url,
    async call(method, path, body, mediaType = 'application/json') {
      const response = await reach(io, url, `${url}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: 'application/json, text/markdown;q=0.5, */*;q=0.1',
          ...(body !== undefined && { 'content-type': mediaType }),
          ...authorized,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return readReply(url, response);
    },
    async stream(path) {
      const response = await reach(io, url, `${url}${path}`, { headers: { ...authorized } });
      if (!response.ok || !response.body) await readReply(url, response);
      return unbroken(url, response.body ?? new ReadableStream());
    },
  };
}

async function* unbroken(url: string, body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (cause) {
    throw new Fault(
      'REGISTRY_UNREACHABLE',
      { url },
      { message: `The registry at ${url} broke off in the middle of its answer; nothing of it was kept.`, cause },
    );
  }
}

/** The path of a subject: every segment is encoded, whatever its name holds. */
export function subjectPath(catalog: string, subject: string): string {
  return `/v1/catalogs/${encodeURIComponent(catalog)}/subjects/${encodeURIComponent(subject)}`;
}

async function reach(io: Pick<Io, 'fetch'>, url: string, target: string, init: RequestInit): Promise<Response> {
  try {
    return await io.fetch(target, init);
  } catch (cause) {
    throw new Fault('REGISTRY_UNREACHABLE', { url }, { message: unreachable(url, cause), cause });
  }
}

function unreachable(url: string, error: unknown): string {
  const code = codeOf(error) ?? '';
  if (Object.hasOwn(untrusted, code))
    return `The registry at ${url} answers, but its certificate is not trusted: ${untrusted[code]} (${code}). Where a private authority issued it, name that authority's certificate in NODE_EXTRA_CA_CERTS.`;
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code))
    return `No TLS connection to the registry at ${url} could be made (${code}). Does it speak https?`;
  const why =
    error instanceof Error && error.name === 'TimeoutError'
      ? `did not answer within ${timeoutMs / 1_000} s`
      : 'cannot be reached';
  return `The registry at ${url} ${why}. Start one with "herald serve", or name another with --registry.`;
}

/** A row is an error of OpenSSL about a certificate, in words. */
const untrusted: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
  CERT_UNTRUSTED: 'its authority is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signs itself',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host name',
  SELF_SIGNED_CERT_IN_CHAIN: 'an authority above it signs itself and is not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known here',
};

/** The first code along the causes: fetch says only that it failed. */
function codeOf(error: unknown): string | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 5; link = link.cause, depth += 1)
    if ('code' in link && typeof link.code === 'string') return link.code;
  return undefined;
}

async function readReply(url: string, response: Response): Promise<RegistryReply> {
  const body = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const parsed = isJson ? parse(body) : undefined;
  if (response.ok)
    return { status: response.status, json: isObject(parsed) ? parsed : {}, text: body, headers: response.headers };
  const error = isObject(parsed) && isObject(parsed.error) ? parsed.error : undefined;
  if (!error || typeof error.code !== 'string' || !isFaultCode(error.code))
    throw new Fault(
      'REGISTRY_ANSWER_INVALID',
      { url, status: response.status },
      { message: `${url} answered ${response.status}, but not as a registry does. Is this the right address?` },
    );
  throw new Fault(error.code, isObject(error.details) ? error.details : {}, { message: String(error.message) });
}

function parse(body: string): Json | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // the caller checks the shape
  }
}
