/** Request bodies: read within a bound, as strict UTF-8 and strict JSON, before anything else looks at them. */
import type * as z from 'zod';
import { Fault } from '../errors.ts';
import { inTurns, othersTurn } from '../registry/turns.ts';
import type { Json } from '../schema/json.ts';
import { syntaxFlaw } from '../schema/json-syntax.ts';
import { checked, invalid } from './checked.ts';

/** What a route reads. `batch` bodies have the larger limit. */
export type BodySpec =
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      /** The shape that the OpenAPI document shows where the registry, and not this file, checks the form. */
      readonly documented?: z.ZodType;
      readonly batch?: boolean;
      readonly example?: Json;
    }
  /** A schema document: the text itself, which the registry checks. */
  | {
      readonly kind: 'document';
      readonly schema: z.ZodType;
      readonly mediaTypes: readonly string[];
      readonly example?: Json;
    }
  /** Lines as they are written, which the registry checks. */
  | { readonly kind: 'lines'; readonly schema: z.ZodType; readonly batch: true; readonly example?: Json }
  /** One event as JSON, or one per line as NDJSON. */
  | { readonly kind: 'events'; readonly schema: z.ZodType; readonly batch: true; readonly example?: Json };

export interface Events {
  readonly batch: boolean;
  /** In a batch, a line that is not JSON is an error at its position. */
  readonly items: readonly ({ readonly value: Json } | { readonly error: string })[];
}

export type BodyOf<B extends BodySpec | undefined> = B extends {
  readonly kind: 'json';
  readonly schema: infer S extends z.ZodType;
}
  ? z.output<S>
  : B extends { readonly kind: 'document' }
    ? string
    : B extends { readonly kind: 'lines' }
      ? readonly string[]
      : B extends { readonly kind: 'events' }
        ? Events
        : undefined;

export interface BodyLimits {
  /** Bytes of one document or event. */
  readonly single: number;
  /** Bytes of a batch. */
  readonly batch: number;
  /** Lines of an NDJSON batch. */
  readonly lines: number;
  /** JSON nesting. A deeper value could overflow the stack of whatever walks it. */
  readonly depth: number;
}

export const bodyLimits: BodyLimits = { single: 1_000_000, batch: 8_000_000, lines: 10_000, depth: 1_000 };

/** Characters that take milliseconds to parse and to hold against a shape: a turn of its own. */
const longText = 50_000;

const ndjson = 'application/x-ndjson';

export function mediaTypesOf(spec: BodySpec): readonly string[] {
  if (spec.kind === 'document') return spec.mediaTypes;
  if (spec.kind === 'lines') return [ndjson];
  return spec.kind === 'events' ? ['application/json', 'application/cloudevents+json', ndjson] : ['application/json'];
}

export async function readBody(spec: BodySpec, request: Request, limits: BodyLimits): Promise<unknown> {
  const mediaType = acceptedType(spec, request);
  const text = await readText(request, spec.kind !== 'document' && spec.batch ? limits.batch : limits.single);
  if (text.length > longText) await othersTurn();
  if (spec.kind === 'document') return text;
  if (spec.kind === 'lines') return statedLines(text, limits);
  if (spec.kind === 'json') return checked(spec.schema, parse(text, limits.depth), 'body');
  return mediaType === ndjson
    ? lines(text, limits, request.signal)
    : { batch: false, items: [{ value: parse(text, limits.depth) }] };
}

function acceptedType(spec: BodySpec, request: Request): string {
  const given = request.headers.get('content-type');
  const [type = '', ...parameters] = (given ?? '').split(';').map((part) => part.trim().toLowerCase());
  const accepted = mediaTypesOf(spec);
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const encoding = request.headers.get('content-encoding');
  if (!accepted.includes(type) || (charset !== undefined && charset.replaceAll('"', '') !== 'utf-8'))
    throw new Fault(
      'MEDIA_TYPE_UNSUPPORTED',
      { accepted: [...accepted] },
      { message: `Send the body as ${accepted.join(' or ')}, and say so in the header Content-Type.` },
    );
  if (encoding !== null && encoding !== 'identity')
    throw new Fault(
      'MEDIA_TYPE_UNSUPPORTED',
      { contentEncoding: ['identity'] },
      { message: 'Compressed bodies are not accepted: send the body without Content-Encoding.' },
    );
  return type;
}

/** Stops at the limit and reads nothing beyond it, whatever Content-Length claims. */
async function readText(request: Request, limit: number): Promise<string> {
  const tooLarge = () => new Fault('BODY_TOO_LARGE', { limit });
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    // the caller has gone: nobody reads this reply, but the log should not call it a bug
    throw new Fault('BODY_NOT_JSON', { problem: 'ends too early' }, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new Fault('BODY_NOT_JSON', {}, { message: 'The body is not UTF-8 text.', cause });
  }
}

export function parse(text: string, maxDepth: number): Json {
  if (nestsDeeper(text, maxDepth))
    throw invalid([{ in: 'body', at: '', message: `nests deeper than ${maxDepth} levels` }]);
  try {
    return JSON.parse(text);
  } catch {
    // no cause: the runtime's message quotes the text
    throw new Fault('BODY_NOT_JSON', syntaxDetails(text));
  }
}

/** Where the text stops being JSON, without a word of it: it may be a payload posted by mistake. */
function syntaxDetails(text: string): Record<string, Json> {
  const flaw = syntaxFlaw(text);
  return flaw === undefined ? {} : { position: flaw.offset, problem: flaw.message };
}

function statedLines(text: string, limits: BodyLimits): readonly string[] {
  const rows = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const stated = rows.filter((line) => /\S/.test(line));
  if (stated.length > limits.lines) throw new Fault('BODY_TOO_LARGE', { lines: limits.lines });
  return stated;
}

/** A batch may be long: others are answered between its lines. */
async function lines(text: string, limits: BodyLimits, signal: AbortSignal): Promise<Events> {
  return { batch: true, items: await inTurns(statedLines(text, limits), (line) => item(line, limits), signal) };
}

function item(line: string, limits: BodyLimits): Events['items'][number] {
  try {
    return { value: parse(line, limits.depth) };
  } catch (error) {
    if (error instanceof Fault) return { error: error.message };
    throw error;
  }
}

/** Whether brackets outside strings nest deeper than that. */
function nestsDeeper(text: string, limit: number): boolean {
  if (!opensMore(text, limit)) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Whether more brackets are opened than that, strings included. Most events have few, and then the slower count is skipped. */
function opensMore(text: string, limit: number): boolean {
  let count = 0;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++count > limit) return true;
  return false;
}
