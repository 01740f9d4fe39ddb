/** One request to the registry: with a time limit, tried again where that can help, its answer read or its refusal thrown. */
import { HeraldError } from './error.ts';
import type { ClientOptions, Runtime } from './options.ts';

export interface Answer {
  /** 304 has no value. */
  readonly status: number;
  readonly value: unknown;
  readonly etag: string | undefined;
  /** Characters of the body: what keeping it costs. */
  readonly weight: number;
}

export interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly etag?: string | undefined;
  readonly body?: unknown;
}

export type Request = (ask: Ask) => Promise<Answer>;

const retriable = new Set([408, 429, 500, 502, 503, 504]);
const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** After an outage nobody waits for the next one: for so long requests fail at once. */
const restMs = 2_000;

export function requester(options: ClientOptions, runtime: Runtime): Request {
  const retries = options.retries ?? 2;
  let outage: { readonly error: HeraldError; readonly until: number } | undefined;
  return async (ask) => {
    if (outage !== undefined && runtime.now() < outage.until) throw outage.error;
    outage = undefined;
    if (options.url === undefined)
      throw new HeraldError(
        'REGISTRY_UNREACHABLE',
        'This client has no registry: it knows only what was given to it.',
        {
          details: { path: ask.path },
        },
      );
    for (let attempt = 0; ; attempt++) {
      const outcome = await attemptOnce(options, options.url, ask);
      if (!('again' in outcome)) return outcome;
      if (attempt >= retries) {
        if (outcome.again.status === undefined) outage = { error: outcome.again, until: runtime.now() + restMs };
        throw outcome.again;
      }
      await runtime.sleep(delay(attempt, outcome.afterMs, runtime));
    }
  };
}

/** Doubling, with half of it left to chance, so that clients that failed together do not come back together. */
function delay(attempt: number, afterMs: number | undefined, runtime: Runtime): number {
  const backoff = Math.min(firstDelayMs * 2 ** attempt, longestDelayMs);
  return Math.min(Math.max(backoff * (0.5 + runtime.random() / 2), afterMs ?? 0), longestDelayMs);
}

/** A failure that may not happen again. */
interface Again {
  readonly again: HeraldError;
  readonly afterMs?: number;
}

async function attemptOnce(options: ClientOptions, url: string, ask: Ask): Promise<Answer | Again> {
  const target = `${url.replace(/\/+$/, '')}${ask.path}`;
  const timeoutMs = options.timeoutMs ?? 5_000;
  const control = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    control.abort();
  }, timeoutMs);
  try {
    const response = await within(control.signal, send(options, target, ask, control.signal));
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
      again: new HeraldError('REGISTRY_UNREACHABLE', `The registry at ${url} ${why}.`, {
        cause,
        details: { url: target },
      }),
    };
  } finally {
    clearTimeout(timer);
  }
}

async function send(options: ClientOptions, target: string, ask: Ask, signal: AbortSignal): Promise<Response> {
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (ask.etag !== undefined) headers['if-none-match'] = ask.etag;
  if (ask.body !== undefined) headers['content-type'] = 'application/json';
  const call = options.fetch ?? fetch;
  const body = ask.body === undefined ? {} : { body: JSON.stringify(ask.body) };
  return call(target, { method: ask.method ?? 'GET', headers, signal, ...body });
}

/** `promise`, but no longer than the signal: not every `fetch` listens to it. */
function within<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(new Error('aborted'));
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    promise.then(resolve, reject);
  });
}

function read(target: string, response: Response, text: string): Answer | Again {
  const value = parse(text);
  if (response.ok) {
    if (value === undefined) throw notARegistry(target, response.status);
    return { status: response.status, value, etag: response.headers.get('etag') ?? undefined, weight: text.length };
  }
  const refusal = refusalIn(value, response.status);
  if (!retriable.has(response.status)) throw refusal ?? notARegistry(target, response.status);
  const again =
    refusal ??
    new HeraldError('REGISTRY_UNREACHABLE', `${target} answered ${response.status}.`, {
      status: response.status,
      details: { url: target },
    });
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { again, afterMs: seconds * 1_000 } : { again };
}

function parse(text: string): unknown {
  try {
    return frozen(JSON.parse(text));
  } catch {
    return undefined; // told as REGISTRY_ANSWER_INVALID by the caller: undefined is no JSON value
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

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
