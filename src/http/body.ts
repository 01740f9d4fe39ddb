/** Request bodies: read within a bound, as strict UTF-8 and strict JSON, before anything else looks at them. */
import type * as z from 'zod';
import { Fault } from '../errors.ts';
import { parseJson } from '../registry/json-text.ts';
import type { EventTexts } from '../registry/validation/payloads.ts';
import type { Json } from '../schema/json.ts';
import { othersTurn } from '../turns.ts';
import { checked } from './checked.ts';

/** What a route reads. `batch` bodies have the larger limit; of events, those that come as NDJSON. */
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
        ? EventTexts
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

/** Lines that are looked for at once: a millisecond. */
const linesInTurn = 10_000;

const ndjson = 'application/x-ndjson';

export function mediaTypesOf(spec: BodySpec): readonly string[] {
  if (spec.kind === 'document') return spec.mediaTypes;
  if (spec.kind === 'lines') return [ndjson];
  return spec.kind === 'events' ? ['application/json', 'application/cloudevents+json', ndjson] : ['application/json'];
}

export async function readBody(spec: BodySpec, request: Request, limits: BodyLimits): Promise<unknown> {
  const mediaType = acceptedType(spec, request);
  const text = await readText(request, isBatch(spec, mediaType) ? limits.batch : limits.single);
  if (text.length > longText) await othersTurn();
  if (spec.kind === 'document') return text;
  if (spec.kind === 'json') return checked(spec.schema, parseJson(text, limits.depth), 'body');
  if (spec.kind === 'lines') return statedLines(text, limits);
  const events: EventTexts = {
    isBatch: isBatch(spec, mediaType),
    texts: isBatch(spec, mediaType) ? await statedLines(text, limits) : [text],
    maxDepth: limits.depth,
  };
  return events;
}

function isBatch(spec: BodySpec, mediaType: string): boolean {
  if (spec.kind === 'events') return mediaType === ndjson;
  return spec.kind !== 'document' && spec.batch === true;
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
  const stated = request.headers.get('content-length');
  if (Number(stated ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // Node reads no more than what is stated: all at once, without a stream of the web around it
    if (stated !== null) return textOf(await whole(request, limit, tooLarge));
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
  return textOf(Buffer.concat(chunks));
}

async function whole(request: Request, limit: number, tooLarge: () => Fault): Promise<Buffer> {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > limit) throw tooLarge();
  return Buffer.from(bytes);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A body as text. Fault BODY_NOT_JSON where it is not UTF-8. */
export function textOf(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new Fault('BODY_NOT_JSON', {}, { message: 'The body is not UTF-8 text.', cause });
  }
}

/** Lines of which something is stated. There may be millions of empty ones: others are answered in between. */
async function statedLines(text: string, limits: BodyLimits): Promise<readonly string[]> {
  const stated: string[] = [];
  let from = 0;
  for (let seen = 1; from <= text.length; seen += 1) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    if (/\S/.test(line)) stated.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (stated.length > limits.lines) throw new Fault('BODY_TOO_LARGE', { lines: limits.lines });
    if (end < 0) break;
    if (seen % linesInTurn === 0) await othersTurn();
    from = end + 1;
  }
  return stated;
}
