/** One request to the registry: with a timeout and retries; its reply is read, or its refusal thrown. */
import { isRecord } from '../schema/json.ts';
import { HeraldError } from './error.ts';
import type { ClientOptions, Runtime } from './options.ts';

export interface RegistryReply {
  /** 304 has no value. */
  readonly status: number;
  readonly value: unknown;
  readonly etag: string | undefined;
  /** Characters of the body: its weight in the cache. */
  readonly weight: number;
}

export interface RegistryRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly etag?: string | undefined;
  readonly body?: unknown;
}

export type SendRequest = (wanted: RegistryRequest) => Promise<RegistryReply>;

const retriable = new Set([408, 429, 500, 502, 503, 504]);
const baseDelayMs = 100;
const maxDelayMs = 5_000;

/** After an outage requests fail at once for this long, so that callers do not wait for the next timeout. */
const circuitOpenMs = 2_000;

export function requester(options: ClientOptions, runtime: Runtime): SendRequest {
  if (options.url !== undefined) checkUrl(options.url);
  const retries = options.retries ?? 2;
  let outage: { readonly error: HeraldError; readonly until: number } | undefined;
  return async (wanted) => {
    if (outage !== undefined && runtime.now() < outage.until) throw outage.error;
    outage = undefined;
    if (options.url === undefined)
      throw new HeraldError(
        'REGISTRY_UNREACHABLE',
        'This client has no registry: it knows only what was given to it.',
        {
          details: { path: wanted.path },
        },
      );
    for (let attempt = 0; ; attempt++) {
      const outcome = await attemptOnce(options, options.url, wanted);
      if (!('retryable' in outcome)) return outcome;
      if (attempt >= retries) {
        if (outcome.retryable.status === undefined)
          outage = { error: outcome.retryable, until: runtime.now() + circuitOpenMs };
        throw outcome.retryable;
      }
      await runtime.sleep(delay(attempt, outcome.afterMs, runtime));
    }
  };
}

/** Exponential backoff with jitter, so that clients that failed together do not retry together. */
function delay(attempt: number, afterMs: number | undefined, runtime: Runtime): number {
  const backoff = Math.min(baseDelayMs * 2 ** attempt, maxDelayMs);
  return Math.min(Math.max(backoff * (0.5 + runtime.random() / 2), afterMs ?? 0), maxDelayMs);
}

/** A failure that a retry may mend. */
interface Retryable {
  readonly retryable: HeraldError;
  readonly afterMs?: number;
}

async function attemptOnce(
  options: ClientOptions,
  url: string,
  wanted: RegistryRequest,
): Promise<RegistryReply | Retryable> {
  const target = `${url.replace(/\/+$/, '')}${wanted.path}`;
  const timeoutMs = options.timeoutMs ?? 5_000;
  const control = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    control.abort();
  }, timeoutMs);
  try {
    const response = await within(control.signal, send(options, target, wanted, control.signal));
    if (response.status === 304) {
      await response.body?.cancel();
      return { status: 304, value: undefined, etag: undefined, weight: 0 };
    }
    // the time limit holds for the body too: a server may answer and then fall silent
    const text = await within(control.signal, response.text());
    return read(target, response, text);
  } catch (cause) {
    if (cause instanceof HeraldError) throw cause;
    const why = isLate ? `did not answer within ${timeoutMs} ms` : 'cannot be reached';
    return {
      retryable: new HeraldError('REGISTRY_UNREACHABLE', `The registry at ${url} ${why}.`, {
        cause,
        details: { url: target },
      }),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** At once, and not as an outage after every retry. */
function checkUrl(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  const message = `"${url}" is no address of a registry: write it whole, such as https://herald.example.org.`;
  throw new HeraldError('USAGE_INVALID', message, { details: { url } });
}

async function tokenOf({ token }: ClientOptions): Promise<string | undefined> {
  if (typeof token !== 'function') return token;
  try {
    return await token();
  } catch (cause) {
    throw new HeraldError('TOKEN_UNAVAILABLE', 'token() failed, so the registry was not asked.', { cause });
  }
}

async function send(
  options: ClientOptions,
  target: string,
  wanted: RegistryRequest,
  signal: AbortSignal,
): Promise<Response> {
  const token = await tokenOf(options);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (wanted.etag !== undefined) headers['if-none-match'] = wanted.etag;
  if (wanted.body !== undefined) headers['content-type'] = 'application/json';
  const call = options.fetch ?? fetch;
  const body = wanted.body === undefined ? {} : { body: JSON.stringify(wanted.body) };
  return call(target, { method: wanted.method ?? 'GET', headers, signal, ...body });
}

/** `promise`, but no longer than the signal: not every `fetch` listens to it. */
function within<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(new Error('aborted'));
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    promise.then(resolve, reject);
  });
}

function read(target: string, response: Response, text: string): RegistryReply | Retryable {
  const value = parse(text);
  if (response.ok) {
    if (value === undefined) throw notARegistry(target, response.status);
    return { status: response.status, value, etag: response.headers.get('etag') ?? undefined, weight: text.length };
  }
  const refusal = refusalIn(value, response.status);
  if (!retriable.has(response.status)) throw refusal ?? notARegistry(target, response.status);
  const retryable =
    refusal ??
    new HeraldError('REGISTRY_UNREACHABLE', `${target} answered ${response.status}.`, {
      status: response.status,
      details: { url: target },
    });
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { retryable, afterMs: seconds * 1_000 } : { retryable };
}

function parse(text: string): unknown {
  try {
    return frozen(JSON.parse(text));
  } catch {
    return undefined; // the caller throws REGISTRY_ANSWER_INVALID: undefined is no JSON value
  }
}

/** Answers are handed to everybody who asks: nobody may change them. */
function frozen(value: unknown): unknown {
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const at = stack.pop();
    if (typeof at === 'object' && at !== null) stack.push(...Object.values(Object.freeze(at)));
  }
  return value;
}

/** The registry's own words: `{"error":{"code","message","details"}}`. */
function refusalIn(value: unknown, status: number): HeraldError | undefined {
  const error = isRecord(value) ? value.error : undefined;
  if (!isRecord(error) || typeof error.code !== 'string' || typeof error.message !== 'string') return undefined;
  const details = isRecord(error.details) ? error.details : {};
  return new HeraldError(error.code, error.message, { status, details });
}

export function notARegistry(target: string, status: number): HeraldError {
  const message = `${target} answered ${status}, but not as a registry does: is this the right address?`;
  return new HeraldError('REGISTRY_ANSWER_INVALID', message, { status, details: { url: target } });
}
