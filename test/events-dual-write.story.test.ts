/**
 * The story of a breaking change once more, with real producers and consumers: a registry process, PostgreSQL and NATS. Nobody reports
 * anything by hand; what services do is the evidence. One reader moves, one reads through the mapping, one leaves its group behind.
 */
import { createHash, randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { createClient } from '../src/client/index.ts';
import { type Bus, type Channel, createEvents, sqlStore } from '../src/events/index.ts';
import { natsBus } from '../src/events/nats/index.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { databaseUrl, dropSchema, newSchema } from './support/database.ts';
import { until } from './support/events.ts';
import { testIo } from './support/io.ts';
import { type Child, startChild } from './support/processes.ts';
import { natsUrl } from './support/servers.ts';
import { shop } from './support/shop.ts';

interface ShopEvents {
  'order.placed': { data: { order_id: string } };
  'order.placed.v2': { data: { order_id: number } };
}

const people = {
  operator: { role: 'admin' },
  orders: { role: 'publisher', services: ['orders'] },
  billing: { role: 'publisher', services: ['billing'] },
  mail: { role: 'publisher', services: ['mail'] },
  search: { role: 'publisher', services: ['search'] },
  stewardess: { role: 'steward' },
} as const;
type Person = keyof typeof people;
const tokens = Object.entries(people).map(([name, rest]) => ({
  name,
  sha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  ...rest,
}));

const dist = new URL('../dist', import.meta.url).pathname;
const at = '/v1/catalogs/shop/subjects/order.placed';
const unique = randomUUID().slice(0, 8);
const stream = `STORY_${unique}`;

const order = (id: JsonObject): JsonObject => ({
  title: 'OrderPlaced',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', consumers: ['billing', 'mail', 'search'], orderingKey: '/order_id' },
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { description: 'The order.', ...id } },
});

const plan = {
  successor: 'order.placed.v2',
  sunset: '2026-04-30',
  reason: 'Ids become integers.',
  migration: 'Read /order_id as a number.',
  mapping: { backward: '{"order_id": $string(order_id)}', forward: '{"order_id": $number(order_id)}' },
};

describe.skipIf(databaseUrl === undefined || natsUrl() === undefined)('a breaking change on a real bus', () => {
  const schemas = { registry: newSchema(), services: newSchema() };
  const closing: (() => Promise<unknown>)[] = [];
  let today = Date.parse('2026-01-05T09:00:00Z');
  let registry: { readonly child: Child; readonly url: string };
  let sql: postgres.Sql;
  let passed = false;

  beforeAll(async () => {
    const env = {
      DATABASE_URL: databaseUrl ?? '',
      PORT: '0',
      LOG_LEVEL: 'silent',
      HERALD_TOKENS: JSON.stringify(tokens),
    };
    const child = startChild('registry', { dist, env, schema: schemas.registry, now: today });
    registry = { child, url: (await child.said('listens on ')).slice('listens on '.length) };
    sql = postgres(databaseUrl!, { max: 12, onnotice: () => {} });
    await sqlStore(sql, { schema: schemas.services }).migrate();
    await sql.unsafe(`create table "${schemas.services}".orders (id text primary key)`);
    await sql.unsafe(`create table "${schemas.services}".seen (reader text, id int)`);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    registry?.child.process.kill('SIGKILL');
    await sql?.end();
    const nc = await connect({ servers: natsUrl()! });
    const jsm = await jetstreamManager(nc);
    await jsm.streams.delete(stream).catch(() => {});
    await nc.close();
    if (passed) for (const schema of Object.values(schemas)) await dropSchema(schema);
  });

  async function on(date: string): Promise<void> {
    today = Date.parse(`${date}T09:00:00Z`);
    registry.child.process.stdin?.write(`${date}T09:00:00Z\n`);
    await registry.child.said(`it is ${date}T09:00:00Z`);
  }

  async function ask(person: Person, method: string, path: string, body?: Json) {
    const response = await fetch(`${registry.url}${path}`, {
      method,
      headers: { authorization: `Bearer token-of-${person}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json: JsonObject = text === '' ? {} : JSON.parse(text);
    const code = response.status >= 400 ? String((json.error as JsonObject).code) : undefined;
    return { status: response.status, json, code, text };
  }

  async function done(answering: ReturnType<typeof ask>, status = 200) {
    const answer = await answering;
    expect([answer.status, answer.text]).toEqual([status, expect.anything()]);
    return answer.json;
  }

  const step = (person: Person, transition: string, more: JsonObject = {}) =>
    ask(person, 'POST', `${at}/deprecation/transitions`, { transition, ...more });

  async function refusal(answering: ReturnType<typeof ask>) {
    const { code, json } = await answering;
    const { message, details } = json.error as { message: string; details: { missing?: JsonObject[] } };
    return { code, message, missing: details.missing?.map(({ condition }) => condition) ?? [] };
  }

  async function herald(person: Person, ...args: readonly string[]) {
    const { io, said } = testIo({
      env: { HERALD_TOKEN: `token-of-${person}` },
      fetch: (url, init) => fetch(url, init),
    });
    const exit = await run([...args, '--registry', registry.url], io, commands, '0');
    return { exit, ...said };
  }

  /** A service as it would run: its own connection to the bus, its own credentials, the services' database. */
  function service(name: Person) {
    const client = createClient({
      url: registry.url,
      token: `token-of-${name}`,
      heartbeat: { service: name },
      runtime: { now: () => today },
      freshMs: 0,
      staleMs: 0,
    });
    const bus = natsBus({ url: natsUrl()! });
    const store = sqlStore(sql, { schema: schemas.services });
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const options = { catalog: 'shop', service: name, client, bus, store, now: () => today, onError };
    const events = createEvents<ShopEvents>(options);
    closing.push(async () => {
      await events.close();
      await client.close().catch(() => {});
    });
    return { client, events, bus, errors };
  }

  const seenBy = async (reader: string) =>
    (await sql.unsafe(`select id from "${schemas.services}".seen where reader = $1 order by id`, [reader])).map(
      ({ id }) => id,
    );

  test('announce → dual-write → migrate → retire, on what services do', async () => {
    const transports = { nats: { subject: `${unique}.{subject}` } };
    const domains = { order: { ...shop.domains.order, stream } };
    const services = { orders: {}, billing: {}, mail: {}, search: {} };
    await done(ask('operator', 'PUT', '/v1/catalogs/shop', { ...shop, domains, transports, services }), 201);
    const v1 = order({ type: 'string', pattern: '^\\d{1,9}$' });
    const v2 = order({ type: 'integer', minimum: 0, maximum: 999_999_999 });
    await done(ask('orders', 'POST', `${at}/versions`, v1), 201);
    await done(ask('orders', 'POST', '/v1/catalogs/shop/subjects/order.placed.v2/versions', v2), 201);
    await done(ask('orders', 'PUT', `${at}/deprecation`, plan), 201);
    expect((await refusal(step('orders', 'dual-write'))).missing).toEqual(['both-produced']);

    const orders = service('orders');
    await orders.events.ensure(['order.placed', 'order.placed.v2']);
    const relay = orders.events.relay();
    const both = orders.events.dualWrite('order.placed', 'order.placed.v2', {
      map: ({ order_id }) => ({ order_id: Number(order_id) }),
    });
    const place = async (order_id: string, isKept = true) => {
      const written = await orders.events
        .transaction(async (tx) => {
          await tx.query(`insert into "${schemas.services}".orders values ($1)`, [order_id]);
          const ids = await both.add(tx, { order_id });
          if (!isKept) throw new Error('the order is refused');
          return ids;
        })
        .catch(() => undefined);
      await relay.drain();
      return written;
    };
    const handler =
      (reader: string) =>
      async ({ payload }: { readonly payload: { readonly order_id: unknown } }, { tx }: { tx: Tx }): Promise<void> => {
        await tx.query(`insert into "${schemas.services}".seen values ($1, $2)`, [reader, Number(payload.order_id)]);
      };

    // --- the old readers
    const [billing, mail, search] = [service('billing'), service('mail'), service('search')];
    const billingOld = await billing.events.consumer('billing').on('order.placed', handler('billing')).start();
    const searching = await search.events.consumer('search').on('order.placed', handler('search')).start();

    // --- both lines in one transaction, under one correlation, or neither
    await place('7');
    await place('13', false);
    expect([...(await idsOn(orders.bus, 'order.placed')), ...(await idsOn(orders.bus, 'order.placed.v2'))]).toEqual([
      '7',
      7,
    ]);
    const [old, successor] = await Promise.all(
      ['order.placed', 'order.placed.v2'].map(async (subject) => (await stored(orders.bus, subject))[0]),
    );
    expect(old?.correlationid).toMatch(/./);
    expect(successor?.correlationid).toBe(old?.correlationid);
    await orders.client.flush();
    await done(step('orders', 'dual-write'));

    // --- a reader of the successor alone gets the old events too, through the mapping, each order once
    const mapped = { through: { 'order.placed': { successor: 'order.placed.v2', forward: plan.mapping.forward } } };
    const once = new Set<number>();
    const mailThrough = await mail.events
      .consumer('mail', mapped)
      .on('order.placed.v2', async ({ payload }) => void once.add(payload.order_id))
      .start();
    await until('mail through the mapping', () => once.has(7));

    // --- migrating: what was written as pairs agrees with the mapping
    expect((await refusal(step('orders', 'migrate'))).missing).toEqual(['dual-write-held']);
    await on('2026-01-13');
    await place('8');
    await both.report();
    expect(await done(ask('orders', 'GET', `${at}/deprecation`))).toMatchObject({
      // the order that was refused among them: what a producer makes agrees or does not, kept or not
      pairs: [{ agreed: 3, disagreed: 0 }],
      readers: [{ bus: 'nats', groups: ['billing', 'mail', 'search'], reportedBy: 'orders', seenOn: '2026-01-13' }],
    });
    await done(step('orders', 'migrate'));
    await until(
      'everybody',
      async () => (await seenBy('billing')).length === 2 && (await seenBy('search')).length === 2,
    );

    // --- billing moves; mail has read through the mapping until now and reads the successor alone from now on
    for (const { client } of [billing, mail, search]) await client.flush();
    await on('2026-02-01');
    await billingOld.stop();
    await billingOld.forget();
    await billing.events.consumer('billing-v2', { start: 'new' }).on('order.placed.v2', handler('billing')).start();
    await mailThrough.stop();
    await mailThrough.forget();
    await mail.events
      .consumer('mail')
      .on('order.placed.v2', async ({ payload }) => void once.add(payload.order_id))
      .start();
    await place('9');
    await until('the moved readers', async () => (await seenBy('billing')).length === 3 && once.has(9));
    for (const { client } of [billing, mail]) await client.flush();
    expect(await seenBy('billing')).toEqual([7, 8, 9]);

    // --- search says that it does not mind, stops, and leaves its group behind: the bus still keeps old events for it
    await until('search', async () => (await seenBy('search')).length === 3);
    await searching.stop();
    await search.client.flush();
    await on('2026-05-10');
    await done(ask('search', 'PUT', `${at}/deprecation/consumers/search`, { note: 'not needed any more' }));
    await place('10');
    await orders.client.flush();
    await both.report();
    const held = await refusal(step('orders', 'retire'));
    expect(held).toMatchObject({ code: 'TRANSITION_REFUSED', missing: ['quiet', 'no-reader-on-bus'] });
    expect(held.message).toContain(
      'Durable groups still read "order.placed" on the bus: search (nats, seen on 2026-05-10)',
    );
    expect((await ask('search', 'PUT', `${at}/readers/nats`, { groups: [] })).code).toBe('FORBIDDEN');

    // --- dual-writing goes on, and each report says it anew; asked from outside, the bus says the same
    await on('2026-05-20');
    const asked = ['events', 'readers', '--subject', 'shop/order.placed', '--bus', natsUrl()!];
    const shown = await herald('search', ...asked);
    expect([shown.exit, shown.out]).toEqual([0, 'shop/order.placed  search\n']);
    const foreign = await herald('search', ...asked, '--report');
    expect([foreign.exit, foreign.err]).toEqual([
      2,
      expect.stringMatching(/does not speak for "orders"[\s\S]*FORBIDDEN/),
    ]);
    const reported = await herald('stewardess', ...asked, '--report');
    expect([reported.exit, reported.out.split('\n')[1]]).toEqual([
      0,
      'the registry has it as what the bus "nats" shows',
    ]);
    expect((await refusal(step('orders', 'retire'))).missing).toEqual(['quiet', 'no-reader-on-bus']);

    // --- the group goes, the bus is asked again, and nothing else is in the way once it is quiet
    await searching.forget();
    await both.report();
    expect((await refusal(step('orders', 'retire'))).missing).toEqual(['quiet']);
    const audit = (await done(ask('operator', 'GET', '/v1/audit?limit=1000'))).items as JsonObject[];
    expect(
      audit
        .filter(({ action, outcome }) => action === 'readers.report' && outcome === 'done')
        .map(({ actor, details }) => [actor, (details as JsonObject).groups]),
    ).toEqual([
      ['orders', ['billing', 'mail', 'search']],
      ['orders', ['search']],
      ['orders', []],
    ]);
    await on('2026-07-01');
    await done(step('orders', 'retire'));

    // --- the stage has ended the pair: the same code writes the successor alone
    const late = await place('11');
    expect([late?.old, late?.successor]).toEqual([undefined, expect.any(String)]);
    expect(await idsOn(orders.bus, 'order.placed')).toEqual(['7', '8', '9', '10']);
    expect(await idsOn(orders.bus, 'order.placed.v2')).toEqual([7, 8, 9, 10, 11]);
    await until('billing', async () => (await seenBy('billing')).includes(11));
    expect(await seenBy('billing')).toEqual([7, 8, 9, 10, 11]);
    await expect(orders.events.publish('order.placed', { order_id: '12' })).rejects.toMatchObject({
      code: 'SUBJECT_RETIRED',
    });
    expect([orders, billing, mail, search].flatMap(({ errors }) => errors)).toEqual([]);
    passed = true;
  }, 120_000);
});

interface Tx {
  query(text: string, values?: readonly unknown[]): Promise<unknown>;
}

function channel(subject: string): Channel {
  return { subject, address: `${unique}.${subject}`, stream };
}

async function stored(bus: Bus, subject: string): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const { body } of bus.read({ channels: [channel(subject)], from: 'earliest' }))
    found.push(JSON.parse(new TextDecoder().decode(body)) as JsonObject);
  return found;
}

async function idsOn(bus: Bus, subject: string): Promise<readonly Json[]> {
  return (await stored(bus, subject)).flatMap(({ data }) => (data as { order_id: Json }).order_id);
}
