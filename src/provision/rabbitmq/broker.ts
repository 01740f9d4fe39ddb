/** RabbitMQ 3.10 and later, through its management interface: definitions of topology once, everything that may change in policies. */

import { streamsOf } from '../../schema/delivery.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { rabbitLog, rabbitRecords } from '../../schema/rabbit-names.ts';
import type { Broker, Observed, Source } from '../broker.ts';
import type { Change } from '../plan.ts';
import { withoutCredentials } from '../reach.ts';
import { type Found, type Grades, replace, type Settings, type Wanted } from '../resource.ts';
import { type Management, management } from './management.ts';
import { rabbitRemarks } from './remarks.ts';
import { bindingName, policyPattern, queueArguments, recordOf, wantedOnRabbit } from './wanted.ts';

const grades: Grades = {
  exchange: { type: replace, durable: replace },
  queue: { type: replace, durable: replace, singleActive: replace },
  policy: {
    'max-age': (from, to) => (from === undefined || secondsOf(to) < secondsOf(from) ? 'risky' : 'safe'),
    'max-length-bytes': (from, to) => (from === undefined || Number(to) < Number(from) ? 'risky' : 'safe'),
  },
};

export async function rabbitBroker(url: string, stated: string | undefined): Promise<Broker> {
  const api = management(url, stated);
  const version = textOf(await api.overview(), 'rabbitmq_version');
  const server = `RabbitMQ ${version}`;
  return {
    target: withoutCredentials(url),
    kind: 'rabbitmq',
    grades,
    async read(sources, environment) {
      const wanted = wantedOnRabbit(sources, environment);
      const found = await foundOn(api);
      return { server, wanted, found, remarks: rabbitRemarks(version, sources, environment) };
    },
    apply: (change, wanted) => carryOut(api, change, wanted),
    address: (_, subject) => subject,
    observe: (sources) => observed(api, server, sources),
    close: async () => {},
  };
}

/** Whose a queue is, its policy says by its name; an exchange belongs to the log behind it, a binding to its queue. */
async function foundOn(api: Management): Promise<readonly Found[]> {
  const rows = async (kind: string) => objectsIn(await api.get(`/${kind}/${api.vhost}`));
  const policies = (await rows('policies')).map(policyFound);
  const owners = new Map(policies.flatMap(({ of, catalog }) => (of && catalog ? [[of, catalog] as const] : [])));
  const owned = (queue: string) => {
    const catalog = owners.get(queue);
    return catalog === undefined ? {} : { catalog };
  };
  const exchanges = (await rows('exchanges'))
    .filter((row) => !/^(amq\.|$)/.test(textOf(row, 'name')))
    .map((row): Found => {
      const name = textOf(row, 'name');
      const settings = { type: textOf(row, 'type'), durable: member(row, 'durable') === true };
      return { kind: 'exchange', name, ...owned(rabbitLog(name)), settings };
    });
  const queues = (await rows('queues')).map((row): Found => {
    const name = textOf(row, 'name');
    return { kind: 'queue', name, ...owned(name), settings: queueSettings(row) };
  });
  const bindings = (await rows('bindings'))
    .filter((row) => textOf(row, 'source') !== '' && textOf(row, 'destination_type') === 'queue')
    .map((row): Found => {
      const [exchange, of, key] = [textOf(row, 'source'), textOf(row, 'destination'), textOf(row, 'routing_key')];
      return { kind: 'binding', name: bindingName(exchange, of, key), of, ...owned(of), settings: { exchange, key } };
    });
  return [...exchanges, ...queues, ...policies, ...bindings];
}

function policyFound(row: JsonObject): Found {
  const name = textOf(row, 'name');
  const [, catalog, of] = /^herald\.([a-z][a-z0-9-]*)\.(.+)$/.exec(name) ?? [];
  const definition = member(row, 'definition');
  const settings: Settings = Object.fromEntries(
    Object.entries(isObject(definition) ? definition : {}).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, value]] : [],
    ),
  );
  return { kind: 'policy', name, ...(of !== undefined && { of }), ...(catalog !== undefined && { catalog }), settings };
}

function queueSettings(row: JsonObject): Settings {
  const stated = member(row, 'arguments');
  const given = isObject(stated) ? stated : {};
  const type = textOf(row, 'type') || String(member(given, 'x-queue-type') ?? 'classic');
  const singleActive = member(given, 'x-single-active-consumer') === true;
  return { type, durable: member(row, 'durable') === true, ...(type === 'quorum' && { singleActive }) };
}

async function carryOut(
  api: Management,
  { kind, name, of = '', settings: changes, class: grade }: Change,
  wanted: Wanted | undefined,
): Promise<void> {
  const at = (kindOf: string, ...names: readonly string[]) =>
    `/${kindOf}/${[api.vhost, ...names.map(encodeURIComponent)].join('/')}`;
  if (wanted === undefined) return removed(api, at, { kind, name, of });
  // whose it is says its policy, which comes after it
  if (grade !== 'create' && kind !== 'policy' && changes.every(({ key }) => key === 'catalog')) return;
  const { settings, made } = wanted;
  if (kind === 'exchange') return api.put(at('exchanges', name), { type: 'topic', durable: true });
  if (kind === 'queue') {
    return api.put(at('queues', name), { durable: true, arguments: queueArguments(settings) });
  }
  if (kind === 'policy') {
    const pattern = policyPattern(of);
    const definition = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value as Json]));
    return api.put(at('policies', name), { pattern, 'apply-to': 'queues', priority: 1, definition });
  }
  const [exchange, key] = [String(settings.exchange), String(settings.key)];
  if (made?.group !== undefined) await record(api, exchange, made);
  return api.post(`/bindings/${api.vhost}/e/${encodeURIComponent(exchange)}/q/${encodeURIComponent(of)}`, {
    routing_key: key,
  });
}

async function removed(
  api: Management,
  at: (kind: string, ...names: readonly string[]) => string,
  { kind, name, of }: { readonly kind: string; readonly name: string; readonly of: string },
): Promise<void> {
  if (kind === 'exchange') return api.remove(at('exchanges', name));
  if (kind === 'queue') return api.remove(at('queues', name));
  if (kind === 'policy') return api.remove(at('policies', name));
  const [, exchange = '', key = ''] = /^(.+) → .+ \[(.*)\]$/.exec(name) ?? [];
  const path = `/bindings/${api.vhost}/e/${encodeURIComponent(exchange)}/q/${encodeURIComponent(of)}`;
  const rows = objectsIn(await api.get(path)).filter((row) => textOf(row, 'routing_key') === key);
  for (const row of rows) await api.remove(`${path}/${encodeURIComponent(textOf(row, 'properties_key'))}`);
}

async function record(api: Management, stream: string, made: Settings): Promise<void> {
  await api.post(`/exchanges/${api.vhost}/amq.default/publish`, {
    properties: { delivery_mode: 2, ...recordOf(made) },
    routing_key: rabbitRecords(stream),
    payload: '',
    payload_encoding: 'string',
  });
}

async function observed(api: Management, server: string, sources: readonly Source[]): Promise<Observed> {
  const subjects = new Map(
    sources.flatMap(({ catalog, events }) =>
      streamsOf(catalog, events).map((stream) => [stream.name, stream.subjects]),
    ),
  );
  const found = await foundOn(api);
  const there = new Set(found.flatMap(({ kind, name }) => (kind === 'exchange' ? [name] : [])));
  const placed = [...subjects].flatMap(([stream, own]) => (there.has(stream) ? own : []));
  const empty = new Set(
    objectsIn(await api.get(`/queues/${api.vhost}`))
      .filter((row) => member(row, 'messages') === 0)
      .map((row) => textOf(row, 'name')),
  );
  const held = [...subjects].flatMap(([stream, own]) =>
    there.has(stream) && !empty.has(rabbitLog(stream)) ? own : [],
  );
  const reading = new Map<string, { stream: string; group: string; addresses: string[] }>();
  for (const { kind, of = '', settings } of found) {
    const [stream, key] = [String(settings.exchange), String(settings.key)];
    if (kind !== 'binding' || !subjects.has(stream) || of === rabbitLog(stream)) continue;
    const row = reading.get(`${stream} ${of}`) ?? { stream, group: of, addresses: [] };
    reading.set(`${stream} ${of}`, { ...row, addresses: [...row.addresses, key].sort() });
  }
  const unreported = ['how many events of each subject it holds: a producer is silent where its whole log is empty'];
  const addresses = held.map((address) => ({ address }));
  return { server, placed, groups: [...reading.values()], addresses, unreported };
}

const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  D: 86_400,
  M: 2_592_000,
  Y: 31_536_000,
};

function secondsOf(age: unknown): number {
  const [, count, unit = ''] = /^(\d+)([smhDMY])$/.exec(String(age)) ?? [];
  return count === undefined ? Number.POSITIVE_INFINITY : Number(count) * (unitSeconds[unit] ?? 1);
}

function objectsIn(json: Json): readonly JsonObject[] {
  return isArray(json) ? json.filter(isObject) : [];
}

function textOf(json: Json, name: string): string {
  const value = isObject(json) ? member(json, name) : undefined;
  return typeof value === 'string' ? value : '';
}
