/**
 * The whole story of a breaking change, over HTTP, with two registry processes on one PostgreSQL and a clock that is moved by hand:
 * one consumer moves in time, one late, one never. STORY_TO names a file for what `herald deprecate status` prints on the way.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { databaseUrl, dropSchema, newSchema } from './support/database.ts';
import { type Child, startChild } from './support/processes.ts';
import { shop } from './support/shop.ts';

const dist = new URL('../dist', import.meta.url).pathname;
const at = '/v1/catalogs/shop/subjects/order.placed';
const after = '/v1/catalogs/shop/subjects/order.placed.v2';

/** Who acts: one token each, named as its owner. */
const people = {
  operator: { role: 'admin' },
  'orders-ci': { role: 'publisher', services: ['orders'] },
  'orders-lead': { role: 'publisher', services: ['orders'] },
  billing: { role: 'publisher', services: ['billing'] },
  mail: { role: 'publisher', services: ['mail'] },
  search: { role: 'publisher', services: ['search'] },
  stewardess: { role: 'steward' },
} as const;
type Person = keyof typeof people;
const secretOf = (person: Person) => `token-of-${person}`;
const tokens = Object.entries(people).map(([name, rest]) => ({
  name,
  sha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  ...rest,
}));

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject;
  readonly code: string | undefined;
}

interface Process {
  readonly child: Child;
  readonly url: string;
}

describe.skipIf(databaseUrl === undefined)('a breaking change, carried through', () => {
  const schema = newSchema();
  const received: { id: string; type: string; subject: string; data: JsonObject }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      // at least once: a process that dies between a delivery and its record leaves it to another, under the same id
      const event = JSON.parse(body);
      if (!received.some(({ id }) => id === event.id)) received.push(event);
      response.end();
    });
  });
  let first: Process;
  let second: Process;
  let today = '2026-01-05';
  let passed = false;

  async function start(): Promise<Process> {
    const env = {
      DATABASE_URL: databaseUrl ?? '',
      PORT: '0',
      LOG_LEVEL: 'silent',
      HERALD_TOKENS: JSON.stringify(tokens),
      HERALD_WEBHOOK_HOSTS: '127.0.0.1',
      HERALD_CONNECTIONS: '4',
    };
    const child = startChild('registry', { dist, env, schema, now: Date.parse(`${today}T09:00:00Z`) });
    const url = (await child.said('listens on ')).slice('listens on '.length);
    return { child, url };
  }

  async function ask(process: Process, person: Person, method: string, path: string, body?: Json): Promise<Reply> {
    const response = await fetch(`${process.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${secretOf(person)}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const json: JsonObject = isJson ? JSON.parse(text) : {};
    const code = response.status >= 400 ? String((json.error as JsonObject).code) : undefined;
    return { status: response.status, headers: response.headers, text, json, code };
  }

  async function done(answering: Promise<Reply>, status = 200): Promise<Reply> {
    const answer = await answering;
    expect([answer.status, answer.text]).toEqual([status, expect.anything()]);
    return answer;
  }

  /** Everybody's clock. */
  async function on(date: string): Promise<void> {
    today = date;
    const time = `${date}T09:00:00Z`;
    for (const { child } of [first, second].filter(
      ({ child: { process } }) => process.exitCode === null && process.signalCode === null,
    )) {
      child.process.stdin?.write(`${time}\n`);
      await child.said(`it is ${time}`);
    }
  }

  const used = (service: string, subject: string, role: 'produce' | 'consume', day = today) =>
    done(
      ask(second, 'operator', 'POST', '/v1/usage', {
        rows: [{ catalog: 'shop', subject, service, role, day, count: 10 }],
      }),
    );

  const step = (process: Process, person: Person, transition: string, more: JsonObject = {}) =>
    ask(process, person, 'POST', `${at}/deprecation/transitions`, { transition, ...more });

  const missing = ({ json }: Reply) =>
    ((json.error as JsonObject).details as { missing?: JsonObject[] }).missing?.map(({ condition }) => condition) ??
    json;

  /** What the real command prints, asked of the process that did not take the last step. */
  async function status(process: Process, title: string): Promise<string> {
    const printed = await new Promise<string>((resolve, reject) => {
      const args = [`${dist}/cli/main.js`, 'deprecate', 'status', 'shop/order.placed', '--registry', process.url];
      const env = { PATH: globalThis.process.env.PATH, HERALD_TOKEN: secretOf('operator') };
      execFile(globalThis.process.execPath, args, { env }, (error, out, err) =>
        error ? reject(new Error(`${out}${err}`)) : resolve(out),
      );
    });
    const { STORY_TO } = globalThis.process.env;
    if (STORY_TO !== undefined) appendFileSync(STORY_TO, `--- ${today}: ${title}\n${printed}\n`);
    return printed;
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      if (holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`waited in vain for ${what}; heard ${JSON.stringify(received)}`);
  }

  const reminders = () =>
    received
      .filter(({ type }) => type === 'herald.sunset.approached.v1')
      .map(({ data }) => [data.daysLeft, data.pending]);

  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    first = await start();
    second = await start();
  }, 120_000);
  afterAll(async () => {
    for (const process of [first, second]) process?.child.process.kill('SIGKILL');
    await new Promise((resolve) => receiver.close(resolve));
    if (passed) await dropSchema(schema);
  });

  const order = (id: JsonObject): JsonObject => ({
    title: 'OrderPlaced',
    description: 'A customer placed an order.',
    'x-contract': { producer: 'orders', consumers: ['billing', 'mail', 'search'], orderingKey: '/order_id' },
    type: 'object',
    required: ['order_id'],
    properties: { order_id: { description: 'The order.', ...id } },
  });

  test('announce → dual-write → migrate → retire', async () => {
    // --- v1 with three consumers; what breaks them is refused
    const catalog = { ...shop, services: { orders: {}, billing: {}, mail: {}, search: {} } };
    await done(ask(first, 'operator', 'PUT', '/v1/catalogs/shop', catalog), 201);
    const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await done(ask(first, 'operator', 'POST', '/v1/webhooks', { url: hook, subjects: ['shop/order.*'] }), 201);
    const v1 = order({ type: 'string', pattern: '^\\d{1,9}$' });
    const v2 = order({ type: 'integer', minimum: 0, maximum: 999_999_999 });
    await done(ask(first, 'orders-ci', 'POST', `${at}/versions`, v1), 201);
    expect((await ask(second, 'orders-ci', 'POST', `${at}/versions`, v2)).code).toBe('INCOMPATIBLE');
    await done(ask(second, 'orders-ci', 'POST', `${after}/versions`, v2), 201);

    // --- announced: not by strangers, not in haste, not with a mapping that fails
    const plan = {
      successor: 'order.placed.v2',
      sunset: '2026-04-30',
      reason: 'Ids become integers.',
      migration: 'Read /order_id as a number.',
      mapping: { backward: '{"order_id": $string(order_id)}', forward: '{"order_id": $number(order_id)}' },
    };
    const announce = (person: Person, change: JsonObject = {}) =>
      ask(first, person, 'PUT', `${at}/deprecation`, { ...plan, ...change });
    expect((await announce('billing')).code).toBe('FORBIDDEN');
    const hasty = await announce('orders-ci', { sunset: '2026-01-20' });
    expect([hasty.code, missing(hasty)]).toEqual(['TRANSITION_REFUSED', ['notice-given']]);
    const wrong = await announce('orders-ci', { mapping: { backward: '{"order_id": order_id}' } });
    expect([wrong.code, wrong.json]).toMatchObject([
      'MAPPING_REFUTED',
      { error: { details: { counterexamples: [{ direction: 'backward' }, {}, {}] } } },
    ]);
    await done(announce('orders-ci'), 201);
    for (const path of ['/versions/latest', '/versions/1', '']) {
      const { headers } = await done(ask(second, 'search', 'GET', `${at}${path}`));
      expect([headers.get('deprecation'), headers.get('sunset'), headers.get('link')]).toEqual([
        `@${Date.parse('2026-01-05T00:00:00Z') / 1_000}`,
        'Thu, 30 Apr 2026 00:00:00 GMT',
        `<${after}>; rel="successor-version"`,
      ]);
    }
    const types = await done(ask(second, 'search', 'GET', `${at}/versions/1/artifacts/types.ts`));
    expect(types.text).toMatch(/@deprecated Retires on 2026-04-30; use order\.placed\.v2/);
    expect(await status(second, 'announced')).toContain(
      'search: pending; cannot read the successor as it is; usage unknown: seen on neither',
    );

    // --- dual-writing: only once both lines are produced; two processes at once, one wins and the other hears so
    const early = await step(first, 'orders-ci', 'dual-write');
    expect([early.code, missing(early)]).toEqual(['TRANSITION_REFUSED', ['both-produced']]);
    await on('2026-02-02');
    for (const consumer of ['billing', 'mail', 'search'] as const) await used(consumer, 'order.placed', 'consume');
    await used('orders', 'order.placed', 'produce');
    await used('orders', 'order.placed.v2', 'produce');
    const race = await Promise.all([step(first, 'orders-ci', 'dual-write'), step(second, 'orders-lead', 'dual-write')]);
    expect(race.map((answer) => answer.status).sort()).toEqual([200, 409]);
    const [winner, loser] =
      race[0].status === 200 ? (['orders-ci', race[1]] as const) : (['orders-lead', race[0]] as const);
    expect(missing(loser)).toEqual(['order']);
    expect(String((loser.json.error as JsonObject).message)).toContain(`"${winner}" took the last step at 2026-02-02`);
    const written = {
      pairs: [
        { old: { order_id: '7' }, new: { order_id: 7 } },
        { old: { order_id: '8' }, new: { order_id: 9 } },
      ],
    };
    const compared = await done(ask(second, 'orders-ci', 'POST', `${at}/deprecation/pairs`, written));
    expect(compared.json).toMatchObject({ agreed: 1, disagreed: 1, places: [{ pointer: '/order_id', pairs: 1 }] });
    await status(first, 'dual-writing, a pair disagreed');

    // --- migrating: dual-writing held long enough, and the last pairs agreed
    const soon = await step(second, 'orders-ci', 'migrate');
    expect(missing(soon)).toEqual(['dual-write-held', 'pairs-agree']);
    expect((soon.json.error as { details: JsonObject }).details.missing).toMatchObject([{ from: '2026-02-09' }, {}]);
    await on('2026-02-10');
    const agreeing = {
      old: [{ correlationId: 'c-1', event: { order_id: '7' } }],
      new: [{ correlationId: 'c-1', event: { order_id: 7 } }],
    };
    await done(ask(first, 'orders-ci', 'POST', `${at}/deprecation/pairs`, agreeing));
    await done(step(second, 'orders-ci', 'migrate'));
    await used('mail', 'order.placed', 'consume');
    await on('2026-02-20');
    await used('billing', 'order.placed.v2', 'consume', '2026-02-20');
    await on('2026-02-21');
    expect(await status(first, 'migrating, billing has moved')).toContain('billing: moved since 2026-02-20');

    // --- reminders: once each, by whichever process; one of them dies on the way
    await on('2026-03-31');
    await until('30 days', () => reminders().length === 1);
    first.child.process.kill('SIGKILL');
    await first.child.ended;
    await on('2026-04-25');
    await until('7 days, reminded late', () => reminders().length === 2);
    first = await start();
    await on('2026-04-29');
    await until('1 day', () => reminders().length === 3);
    await on('2026-04-30');
    await until('the day', () => reminders().length === 4);
    expect(reminders()).toEqual([30, 5, 1, 0].map((days) => [days, ['mail', 'search']]));

    // --- the sunset has come: nothing happens by itself, and retiring is refused with the names
    const held = await step(first, 'orders-ci', 'retire');
    expect([held.code, missing(held)]).toEqual(['TRANSITION_REFUSED', ['no-consumer-pending']]);
    expect((held.json.error as { details: JsonObject }).details.missing).toMatchObject([{ names: ['mail', 'search'] }]);
    await status(second, 'the sunset has come, two are pending');
    const back = await step(first, 'orders-ci', 'postpone', { sunset: '2026-04-15' });
    expect(missing(back)).toEqual(['sunset-ahead', 'sunset-not-earlier']);
    const calendarBefore = (await done(ask(first, 'mail', 'GET', '/v1/deprecations.ics'))).text;
    await done(step(second, 'orders-ci', 'postpone', { sunset: '2026-05-14', reason: 'mail needs two weeks' }));
    const calendar = (await done(ask(first, 'mail', 'GET', '/v1/deprecations.ics'))).text;
    const uid = (text: string) => /UID:[\s\S]*?(?=\r\nDTSTAMP)/.exec(text)?.[0];
    const sequence = (text: string) => Number(/SEQUENCE:(\d+)/.exec(text)?.[1]);
    expect([uid(calendar), sequence(calendar)]).toEqual([uid(calendarBefore), sequence(calendarBefore) + 1]);
    expect(calendar).toContain('DTSTART;VALUE=DATE:20260514');

    // --- mail, late; search, never
    await on('2026-05-10');
    expect((await ask(first, 'search', 'PUT', `${at}/deprecation/consumers/mail`, {})).code).toBe('FORBIDDEN');
    await done(ask(first, 'mail', 'PUT', `${at}/deprecation/consumers/mail`, { note: 'released on the 12th' }));
    await on('2026-05-12');
    await used('mail', 'order.placed.v2', 'consume');
    await on('2026-05-14');
    expect(await status(first, 'postponed; mail moved late, search never')).toContain('mail: moved since 2026-05-12');
    const still = await step(second, 'orders-ci', 'retire');
    expect((still.json.error as { details: JsonObject }).details.missing).toMatchObject([{ names: ['search'] }]);
    const force = { reason: 'search was shut down in March and nobody answers' };
    expect((await step(second, 'orders-ci', 'retire', { force })).code).toBe('FORBIDDEN');
    await done(step(second, 'stewardess', 'retire', { force }));
    expect(await status(first, 'retired')).toContain('nothing comes next');

    // --- retired, on both processes
    for (const process of [first, second]) {
      const gone = await ask(process, 'search', 'GET', `${at}/versions/latest`);
      expect([gone.status, gone.json]).toMatchObject([410, { error: { details: { successor: 'order.placed.v2' } } }]);
      await done(ask(process, 'search', 'GET', `${at}/versions/1`));
      const again = { ...v1, description: 'Once more.' };
      expect((await ask(process, 'orders-ci', 'POST', `${at}/versions`, again)).code).toBe('SUBJECT_RETIRED');
    }
    expect((await step(first, 'orders-ci', 'withdraw')).code).toBe('TRANSITION_REFUSED');

    // --- all of it announced in order, and on record
    const steps = () => received.filter(({ type }) => type.startsWith('herald.deprecation.'));
    await until('every step', () => steps().length === 6);
    expect(steps().map(({ type, data }) => `${type.split('.')[2]} ${data.to ?? data.service}`)).toEqual([
      'announced announced',
      'advanced dual-writing',
      'advanced migrating',
      'postponed migrating',
      'acknowledged mail',
      'retired retired',
    ]);
    expect(steps().at(-1)?.data).toMatchObject({ forced: true, reason: force.reason });
    const audit = (await done(ask(first, 'operator', 'GET', '/v1/audit?limit=1000'))).json.items as JsonObject[];
    const recorded = audit.filter(({ action }) => String(action).startsWith('deprecation.'));
    expect(recorded.filter(({ outcome }) => outcome === 'done').map(({ action, actor }) => [action, actor])).toEqual([
      ['deprecation.announce', 'orders-ci'],
      ['deprecation.dual-write', winner],
      ['deprecation.pairs', 'orders-ci'],
      ['deprecation.pairs', 'orders-ci'],
      ['deprecation.migrate', 'orders-ci'],
      ['deprecation.postpone', 'orders-ci'],
      ['deprecation.acknowledge', 'mail'],
      ['deprecation.retire', 'stewardess'],
    ]);
    expect(recorded.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThanOrEqual(9);
    passed = true;
  }, 900_000);

  test('a hostile mapping stalls nobody: the process that tries it answers others meanwhile', async () => {
    const v3 = order({ type: 'string', pattern: '^a+b$' });
    const hostile = '/v1/catalogs/shop/subjects/order.returned';
    await done(ask(first, 'orders-ci', 'POST', `${hostile}/versions`, v3), 201);
    const mapping = {
      backward: '$match(order_id, /^(a+)+$/)',
      recorded: { successor: [{ order_id: `${'a'.repeat(60)}b` }] },
    };
    await done(ask(first, 'orders-ci', 'POST', '/v1/catalogs/shop/subjects/order.returned.v2/versions', v3), 201);
    let over = false;
    const trying = ask(first, 'orders-ci', 'PUT', `${hostile}/deprecation`, {
      successor: 'order.returned.v2',
      sunset: '2027-01-31',
      reason: 'none',
      migration: 'none',
      mapping,
    }).finally(() => {
      over = true;
    });
    const waits: number[] = [];
    while (!over) {
      const before = performance.now();
      await done(ask(first, 'search', 'GET', `${at}/versions/1`));
      waits.push(performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await trying).code).toBe('MAPPING_TOO_COSTLY');
    expect(waits.length).toBeGreaterThan(10);
    expect(Math.max(...waits)).toBeLessThan(5_000);
    expect((await ask(first, 'orders-ci', 'GET', `${hostile}/deprecation`)).code).toBe('DEPRECATION_NOT_FOUND');
  }, 120_000);
});
