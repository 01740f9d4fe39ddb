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

export function apiAt(given: string, io: Io, token: string | undefined): Api {
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

async function reach(io: Io, url: string, target: string, init: RequestInit): Promise<Response> {
  try {
    return await io.fetch(target, init);
  } catch (cause) {
    const why =
      cause instanceof Error && cause.name === 'TimeoutError'
        ? `did not answer within ${timeoutMs / 1_000} s`
        : 'cannot be reached';
    throw new Fault(
      'REGISTRY_UNREACHABLE',
      { url },
      {
        message: `The registry at ${url} ${why}. Start one with "herald serve", or name another with --registry.`,
        cause,
      },
    );
  }
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
