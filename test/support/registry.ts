/** The HTTP app on a store in memory, and a way of asking it that holds every answer against the route's own record. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Hono } from 'hono';
import { type FaultCode, faults } from '../../src/errors.ts';
import { type AppOptions, createApp } from '../../src/http/app.ts';
import { authenticator } from '../../src/http/auth.ts';
import type { Deps } from '../../src/http/deps.ts';
import { createMetrics, sourcesOn } from '../../src/http/metrics.ts';
import { observedChecks } from '../../src/http/observed-checks.ts';
import { refusalRecorder } from '../../src/http/refusals.ts';
import { replyCache } from '../../src/http/reply-cache.ts';
import { faultsOf, type Route } from '../../src/http/route.ts';
import { routes } from '../../src/http/routes/index.ts';
import { validationTargets } from '../../src/http/validation-shortcut.ts';
import { lru } from '../../src/lru.ts';
import { inlineMappings } from '../../src/registry/deprecation/mappings.ts';
import { catalogFields } from '../../src/registry/fields.ts';
import { watchFreshness } from '../../src/registry/freshness.ts';
import type { Deliveries, Store } from '../../src/registry/ports.ts';
import { refusalQuota } from '../../src/registry/refusal-quota.ts';
import type { Seal } from '../../src/registry/transfer/seal.ts';
import { envelopeValidatorCache } from '../../src/registry/validation/envelope-validators.ts';
import { createMeter } from '../../src/registry/validation/meter.ts';
import { inlineValidations } from '../../src/registry/validation/validations.ts';
import { validatorCache } from '../../src/registry/validation/validators.ts';
import { versionValidatorCache } from '../../src/registry/validation/version-validators.ts';
import { watchWireTypes } from '../../src/registry/validation/wire-types.ts';
import { inlineChecks } from '../../src/registry/versions/checks.ts';
import { inlineGeneration } from '../../src/registry/versions/generation.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import { registryLimits } from '../../src/schema/limits.ts';
import { openStore } from '../../src/store/open.ts';

export interface TestRegistry {
  readonly app: Hono;
  readonly deps: Deps;
  /** What `now` is. */
  readonly clock: { time: number };
  readonly bugs: readonly unknown[];
  readonly log: readonly object[];
  /** Codes seen in answers, with the routes that gave them. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
  ask(method: string, path: string, options?: Ask): Promise<Reply>;
  close(): Promise<void>;
}

export interface Ask {
  /** Sent as JSON. */
  readonly body?: Json;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array | ReadableStream;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: JsonObject;
  /** The code of a refusal. */
  readonly code: string | undefined;
}

export const noon = Date.parse('2026-06-01T12:00:00Z');

export async function testRegistry(
  options: Partial<AppOptions> & { readonly store?: Store & Deliveries; readonly seal?: Seal } = {},
): Promise<TestRegistry> {
  const clock = { time: noon };
  const ticking = { now: () => clock.time };
  const store = options.store ?? (await openStore({ kind: 'memory' }, ticking));
  const bugs: unknown[] = [];
  const log: object[] = [];
  const seen = new Map<string, Set<string>>();
  const freshness = watchFreshness(store);
  const metrics = createMetrics(sourcesOn(store, ticking));
  const deps: Deps = {
    store,
    clock: ticking,
    limits: registryLimits,
    checks: observedChecks(inlineChecks, metrics),
    mappings: inlineMappings,
    validationTargets: validationTargets(1_000_000),
    versionValidators: versionValidatorCache(validatorCache(100, registryLimits.bundle), freshness, 100),
    envelopes: envelopeValidatorCache(100),
    generation: inlineGeneration,
    artifacts: lru(1_000_000),
    validations: inlineValidations(),
    fields: catalogFields(store),
    refusals: refusalQuota(ticking),
    ...(options.seal && { seal: options.seal }),
    wireTypes: watchWireTypes(store),
    meter: createMeter(store, ticking),
    freshness,
    replies: replyCache(1_000_000),
    metrics,
    closing: () => false,
  };
  const app = createApp({
    deps,
    authenticate: authenticator(undefined, ticking),
    onBug: (error) => bugs.push(error),
    onRefused: refusalRecorder(deps),
    onWarning: (_, error) => bugs.push(error),
    onRequest: (record) => log.push(record),
    onUndeclared: (record, fault) => {
      throw new Error(`${record.id} refuses with ${fault.code}, which it does not declare`, { cause: fault });
    },
    ...options,
  });
  const ask = async (method: string, path: string, asked: Ask = {}): Promise<Reply> => {
    const response = await app.request(path, requestOf(method, asked));
    const answer = await readReply(response);
    hold(method, path, answer, seen, bugs);
    return answer;
  };
  return { app, deps, clock, bugs, log, seen, ask, close: () => store.close() };
}

function requestOf(method: string, { body, raw, type, headers = {} }: Ask): RequestInit {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const contentType = type ?? (content === undefined ? undefined : 'application/json');
  return {
    method,
    headers: { ...(contentType !== undefined && { 'Content-Type': contentType }), ...headers },
    ...(content !== undefined && { body: content, duplex: 'half' }),
  } as RequestInit;
}

async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== '';
  const json: JsonObject = isJson ? JSON.parse(text) : {};
  const error = json.error as JsonObject | undefined;
  const code = response.status >= 400 ? String(error?.code) : undefined;
  return { status: response.status, headers: response.headers, text, json, code };
}

/** What must be true of every answer, whatever was asked. */
function hold(
  method: string,
  path: string,
  answer: Reply,
  seen: Map<string, Set<string>>,
  bugs: readonly unknown[],
): void {
  const say = (what: string) =>
    new Error(`${method} ${path} ${what}: ${answer.status} ${answer.text.slice(0, 500)}`, { cause: bugs.at(-1) });
  if (!answer.headers.get('x-correlation-id')) throw say('answers without a correlation id');
  const record = routeOf(method, path);
  if (method === 'HEAD') {
    const statuses = record
      ? [...Object.keys(record.replies), ...faultsOf(record).map((code) => faults[code].status)].map(Number)
      : [404];
    if (answer.text !== '' || !statuses.includes(answer.status))
      throw say('answers HEAD with a body or an undeclared status');
    return;
  }
  if (answer.code !== undefined) {
    const row = faults[answer.code as FaultCode];
    if (row?.status !== answer.status) throw say('refuses with a code that is not in the table, or another status');
    if (record && !faultsOf(record).includes(answer.code as FaultCode)) throw say('refuses with an undeclared code');
    seen.set(answer.code, (seen.get(answer.code) ?? new Set()).add(record?.id ?? '-'));
    return;
  }
  const spec = record?.replies[answer.status];
  if (!record || !spec) throw say('answers with an undeclared status');
  if (!spec.schema || !/[/+]json/.test(answer.headers.get('content-type') ?? '')) return;
  const parsed = spec.schema.safeParse(answer.json);
  if (!parsed.success)
    throw say(
      `answers what it does not declare (${parsed.error.issues.map((issue) => `${issue.path.join('/')} ${issue.message}`).join('; ')})`,
    );
}

function routeOf(method: string, path: string): Route | undefined {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
  const bare = path.split('?')[0] ?? '';
  return routes.find((record) => record.method === wanted && pattern(record.path).test(bare));
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

const schemas = new URL('../../schemas/', import.meta.url);

export function readSchema(catalog: string, file: string): JsonObject {
  return JSON.parse(readFileSync(new URL(`${catalog}/${file}`, schemas), 'utf8'));
}

/** Puts a delivered catalog and registers those of its subjects that are JSON. */
export async function loadCatalog(
  { ask }: TestRegistry,
  catalog: string,
  only?: (subject: string) => boolean,
): Promise<void> {
  await expectStatus(ask('PUT', `/v1/catalogs/${catalog}`, { body: readSchema(catalog, 'catalog.json') }), 200, 201);
  const files = readdirSync(new URL(`${catalog}/`, schemas)).filter(
    (file) => file.endsWith('.json') && file !== 'catalog.json',
  );
  for (const file of files.sort()) {
    const subject = file.slice(0, -'.json'.length);
    if (only && !only(subject)) continue;
    const at = `/v1/catalogs/${catalog}/subjects/${subject}/versions`;
    await expectStatus(ask('POST', at, { body: readSchema(catalog, file), type: 'application/schema+json' }), 200, 201);
  }
}

export async function expectStatus(answering: Promise<Reply>, ...statuses: readonly number[]): Promise<Reply> {
  const answer = await answering;
  if (!statuses.includes(answer.status))
    throw new Error(`expected ${statuses.join(' or ')}: ${answer.status} ${answer.text.slice(0, 2_000)}`);
  return answer;
}
