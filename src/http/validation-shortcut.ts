/**
 * One event is validated ahead of routing where its path was asked for before, the version has not changed since, its schema is
 * compiled here, and the caller is known. The shortcut does what the app does around every reply: authentication, permission, the
 * rate limit, correlation ids, usage and metrics. A request that it cannot decide goes to the app, with the body it has read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { faults } from '../errors.ts';
import { type Lru, lru } from '../lru.ts';
import { countUse, speaksFor, type Validating, validationOf } from '../registry/validation/validate.ts';
import type { VersionValidator } from '../registry/validation/version-validators.ts';
import { textOf } from './body.ts';
import { correlationOf } from './correlation.ts';
import type { Deps } from './deps.ts';
import { type Identity, may } from './identity.ts';
import { type Links, linkedHeaders, rootLinks } from './links.ts';
import { contentOf, endWith } from './one-write.ts';
import { noticeOf, type PayloadVerdict, payloadVerdict } from './present.ts';
import type { RateLimit } from './rate.ts';
import { cachingHeaders } from './reply.ts';

/** What was validated at a path: all that the path and its query say. */
export interface ValidationTarget {
  readonly route: string;
  readonly version: VersionValidator;
  readonly validating: Validating;
}

/** By the path with its query. */
export type ValidationTargets = Lru<ValidationTarget>;

/** `maxCharacters`: of all paths together. */
export function validationTargets(maxCharacters: number): ValidationTargets {
  return lru(maxCharacters);
}

export interface ValidationShortcutOptions {
  /** Whom the sender of this header was proved to be within the last second. */
  readonly find: (authorization: string | null) => Identity | undefined;
  readonly rate?: RateLimit;
  /** Links of every request; absent where each request may have its own, and then the app answers what has links. */
  readonly links?: Links;
  /** Whether pages of other origins may ask. */
  readonly cors: boolean;
  /** Bytes of a body, and levels of JSON in it. */
  readonly limits: { readonly single: number; readonly depth: number };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The result says whether the request was taken; `otherwise` gets what was taken and cannot be decided here. */
export type ValidationShortcut = (request: IncomingMessage, response: ServerResponse, otherwise: Listener) => boolean;

/** Bytes: a larger event is not little work. */
const maxBodyBytes = 65_536;

export function validationShortcut(
  { validationTargets, metrics, meter }: Pick<Deps, 'validationTargets' | 'metrics' | 'meter'>,
  options: ValidationShortcutOptions,
): ValidationShortcut {
  const { find, rate, links, limits } = options;
  const maxBytes = Math.min(maxBodyBytes, limits.single);
  const heads = new WeakMap<ValidationTarget, readonly string[]>();
  const headOf = (target: ValidationTarget): readonly string[] => {
    const head = heads.get(target) ?? headFor(target, options);
    heads.set(target, head);
    return head;
  };
  return (request, response, otherwise) => {
    if (request.method !== 'POST') return false;
    const target = validationTargets.get(request.url ?? '');
    if (!target || (!links && target.version.plan)) return false;
    const stated = statedIn(request.rawHeaders);
    if (!stated || !isPlain(stated, maxBytes)) return false;
    const identity = find(stated.authorization);
    if (!identity || !mayValidate(identity, target)) return false;
    const { actor } = identity;
    const began = performance.now();
    const observe = (status: number) =>
      metrics.request(target.route, 'POST', status, (performance.now() - began) / 1_000);
    const answer = (body: Buffer) => {
      const isAllowed = target.version.isFresh() && (rate?.has(actor) ?? true);
      const verdict = isAllowed ? verdictOn(body, target, limits.depth) : undefined;
      if (!verdict) {
        otherwise(Object.assign(request, { rawBody: body }), response);
        return;
      }
      rate?.spend(actor);
      countUse({ meter }, target.version, target.validating, 1);
      metrics.validation(verdict.valid ? 'valid' : 'invalid');
      send(response, headOf(target), stated.correlation, JSON.stringify(verdict));
      observe(200);
    };
    readBytes(request, answer, () => {
      // nobody reads the reply; counted as the app counts it
      metrics.fault('BODY_NOT_JSON', target.route);
      observe(faults.BODY_NOT_JSON.status);
    });
    return true;
  };
}

/** The request headers that decide whether the shortcut may answer, and how. */
interface Stated {
  authorization: string | null;
  correlation: string | null;
  host: string | null;
  length: string | null;
  type: string | null;
}

/** A row says which member of `Stated` a header fills; `app`: whoever sends this header is answered by the app. */
const headers: Readonly<Record<string, keyof Stated | 'app'>> = {
  authorization: 'authorization',
  'content-encoding': 'app',
  'content-length': 'length',
  'content-type': 'type',
  expect: 'app',
  host: 'host',
  origin: 'app',
  'transfer-encoding': 'app',
  'x-correlation-id': 'correlation',
};

const headerLengths: ReadonlySet<number> = new Set(Object.keys(headers).map(({ length }) => length));

/** Read from the raw names and values, as the look-ups' shortcut does. Undefined where one came twice: that is the app's to decide. */
function statedIn(raw: readonly string[]): Stated | undefined {
  const stated: Stated = { authorization: null, correlation: null, host: null, length: null, type: null };
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (!headerLengths.has(name.length)) continue;
    const lower = name.toLowerCase();
    const member = Object.hasOwn(headers, lower) ? headers[lower] : undefined;
    if (member === undefined) continue;
    if (member === 'app' || stated[member] !== null) return undefined;
    stated[member] = raw[index + 1]!;
  }
  return stated;
}

/** Media types that the route takes, in the forms in which clients write them. */
const plainTypes: ReadonlySet<string> = new Set(
  ['application/json', 'application/cloudevents+json'].flatMap((type) =>
    ['', '; charset=utf-8', ';charset=utf-8', '; charset=UTF-8'].map((charset) => `${type}${charset}`),
  ),
);

function isPlain({ host, length, type }: Stated, maxBytes: number): boolean {
  if (host === null || length === null || type === null) return false;
  return (
    plainTypes.has(type) && /^[\w.-]+(?::\d+)?$/.test(host) && /^\d{1,6}$/.test(length) && Number(length) <= maxBytes
  );
}

function mayValidate(identity: Identity, { version, validating }: ValidationTarget): boolean {
  return (
    may(identity, 'read') && speaksFor((permission, about) => may(identity, permission, about), validating, version)
  );
}

/** Undefined where it is not decided here; the app says then what is wrong, or does the work. */
function verdictOn(body: Buffer, { version }: ValidationTarget, maxDepth: number): PayloadVerdict | undefined {
  try {
    const rejections = version.validator.atOnce(textOf(body), maxDepth);
    return rejections && payloadVerdict(version, validationOf(rejections));
  } catch {
    return undefined;
  }
}

/** As the app writes them: names in small letters, in their order. */
function headFor(
  { version }: ValidationTarget,
  { links, cors }: Pick<ValidationShortcutOptions, 'links' | 'cors'>,
): readonly string[] {
  const head = {
    ...linkedHeaders(noticeOf(version.plan), links ?? rootLinks),
    ...cachingHeaders('none', 'public'),
    ...(cors && { Vary: 'Origin' }),
    'Content-Type': 'application/json; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  };
  const rows = Object.entries(head).map(([name, value]) => [name.toLowerCase(), value] as const);
  return rows.sort(([a], [b]) => (a < b ? -1 : 1)).flat();
}

function send(response: ServerResponse, head: readonly string[], correlation: string | null, text: string): void {
  const content = contentOf(text);
  const own = ['x-correlation-id', correlationOf(correlation), 'content-length', String(content.bytes)];
  response.writeHead(200, [...head, ...own]);
  endWith(response, content);
}

/** Calls one of the two: with the whole body, or when the caller has gone before its end. */
function readBytes(request: IncomingMessage, whole: (body: Buffer) => void, gone: () => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: Buffer) => chunks.push(chunk);
  const end = () => {
    request.off('data', keep).off('close', close);
    whole(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
  };
  const close = () => {
    request.off('data', keep).off('end', end);
    gone();
  };
  request.on('data', keep).once('end', end).once('close', close);
}
