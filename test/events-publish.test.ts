/** Publishing: the envelope is filled from the catalog, and nothing leaves that the contract does not allow. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import { createEvents, EventFault, type Events, memoryStore, runInContext } from '../src/events/index.ts';
import { type MemoryBus, memoryBus } from '../src/events/memory/index.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { created, pinnedClient, type SherpaEvents, until } from './support/events.ts';
import { loadCatalog, testRegistry } from './support/registry.ts';

interface AnyMap {
  readonly [subject: string]: { readonly payload: JsonObject };
}

async function service(catalog: string, name: string, subjects: readonly string[], more: JsonObject = {}) {
  const bus: MemoryBus = memoryBus();
  const client = await pinnedClient(catalog, subjects);
  const events = createEvents<AnyMap>({ catalog, service: name, client, bus, envelope: more });
  return { bus, events };
}

async function faultOf(promise: Promise<unknown>): Promise<EventFault> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EventFault);
  return error as EventFault;
}

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the envelope of each catalog is filled', () => {
  test('choice-sherpa: id, type, aggregate, time, correlation', async () => {
    const { bus, events } = await service('choice-sherpa', 'session', ['session.created']);
    await events.publish('session.created', created('sess-1'), { correlation: '0b7ad2f4c9a14e0d' });
    const [event] = bus.eventsOfType('session.created');
    expect(event).toEqual({
      event_id: expect.stringMatching(uuid7),
      event_type: 'session.created',
      aggregate_id: 'sess-1',
      aggregate_type: 'session',
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      metadata: { correlation_id: '0b7ad2f4c9a14e0d' },
      payload: created('sess-1'),
    });
    expect(bus.published()[0]).toMatchObject({
      id: (event as { event_id: string }).event_id,
      key: 'sess-1',
      channel: { subject: 'session.created', address: 'session.created', stream: 'EVT_SESSION' },
    });
  });

  test('political-sphere: version label, sender, tenant, trace; the subject is on the transport alone', async () => {
    const subject = 'parliament.divisionRecorded.v1';
    const { bus, events } = await service('political-sphere', 'parliamentary-core', [subject]);
    const payload = {
      divisionId: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11',
      motionId: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c12',
      ayes: 3,
      noes: 2,
      outcome: 'carried',
      recordedAt: '2026-03-01T12:00:00Z',
    };
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await events.publish(subject, payload, { tenant: 'tenant-1', traceparent });
    expect(bus.eventsOfType(subject)).toEqual([
      {
        id: expect.stringMatching(uuid7),
        schemaVersion: '1.0.0',
        occurredAt: expect.any(String),
        emittedBy: 'parliamentary-core',
        tenantId: 'tenant-1',
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        payload,
      },
    ]);
    const [message] = bus.published();
    expect(message?.headers.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
    expect(message?.headers.traceparent).not.toBe(traceparent);
    expect(message?.channel).toMatchObject({ stream: 'EVT_PARLIAMENT', retentionMs: 90 * 86_400_000 });
  });

  test('daarion: actor of the service, domain, line, tenant and span', async () => {
    const actor = { actor: { id: 'agent-orchestrator', kind: 'service' } };
    const { bus, events } = await service('daarion', 'agent-orchestrator', ['project.created'], actor);
    const { producer } = (await import('./support/registry.ts')).readSchema('daarion', 'project.created.json')[
      'x-contract'
    ] as { producer: string };
    const own = createEvents<AnyMap>({
      catalog: 'daarion',
      service: producer,
      client: await pinnedClient('daarion', ['project.created']),
      bus,
      envelope: actor,
    });
    void events;
    await own.publish('project.created', { project_id: 'p', team_id: 't_1', fields: {} }, { tenant: 't_1' });
    expect(bus.eventsOfType('project.created')).toMatchObject([
      {
        domain: 'project',
        type: 'project.created',
        version: 1,
        ...actor,
        meta: {
          team_id: 't_1',
          trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
          span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      },
    ]);
  });

  test('eventing-model: classification and idempotency key', async () => {
    const { bus, events } = await service('eventing-model', 'chat-service', ['chat.conversation.started']);
    const payload = (await import('../src/schema/sample.ts')).sample(
      (await import('./support/registry.ts')).readSchema('eventing-model', 'chat.conversation.started.json'),
      (await import('./support/registry.ts')).readSchema('eventing-model', 'chat.conversation.started.json'),
    ) as JsonObject;
    await events.publish('chat.conversation.started', payload);
    expect(bus.eventsOfType('chat.conversation.started')).toMatchObject([
      {
        producer: 'chat-service',
        classification: 'confidential',
        version: 1,
        idempotency_key: expect.stringMatching(uuid7),
      },
    ]);
  });
});

describe('what belongs together', () => {
  test('is inherited from the request around it', async () => {
    const { bus, events } = await service('choice-sherpa', 'session', ['session.created']);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
    await runInContext({ correlation: 'request12345678', traceparent }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await events.publish('session.created', created('sess-1'));
      await events.publish('session.created', created('sess-2'), { correlation: 'another12345678' });
    });
    const correlations = bus.eventsOfType('session.created').map((event) => (event as { metadata: object }).metadata);
    expect(correlations).toEqual([{ correlation_id: 'request12345678' }, { correlation_id: 'another12345678' }]);
    for (const { headers } of bus.published())
      expect(headers.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-/);
  });

  test('the same id again is the same event', async () => {
    const { bus, events } = await service('choice-sherpa', 'session', ['session.created']);
    await events.publish('session.created', created('s'), { id: 'evt-1' });
    await events.publish('session.created', created('s'), { id: 'evt-1' });
    expect(bus.published()).toHaveLength(1);
  });
});

describe('nothing leaves', () => {
  test('with a wrong payload: the fault names the place and the keyword, never the value', async () => {
    const { bus, events } = await service('choice-sherpa', 'session', ['session.created']);
    const wrong = { ...created('s'), title: 7, created_at: 'canary-1234' };
    const fault = await faultOf(events.publish('session.created', wrong));
    expect(fault).toMatchObject({ code: 'EVENT_INVALID', details: { subject: 'session.created', what: 'payload' } });
    expect(fault.message).toContain('/title');
    expect(JSON.stringify([fault.message, fault.details])).not.toContain('canary');
    expect(bus.published()).toEqual([]);
  });

  test('of another service', async () => {
    const { bus, events } = await service('choice-sherpa', 'membership', ['session.created']);
    const fault = await faultOf(events.publish('session.created', created('s')));
    expect(fault).toMatchObject({ code: 'EVENT_FOREIGN', details: { producer: 'session', service: 'membership' } });
    expect(bus.published()).toEqual([]);
  });

  test('that nobody registered, with what to do', async () => {
    const { events } = await service('choice-sherpa', 'session', ['session.created']);
    const fault = await faultOf(events.publish('session.exploded', {}));
    expect(['EVENT_UNKNOWN', 'CONTRACT_UNAVAILABLE']).toContain(fault.code);
    expect(fault.message).toMatch(/session\.exploded.*(Register|registry)/s);
  });

  test('without the tenant its envelope needs, or for another tenant than its payload’s', async () => {
    const { default: actor } = { default: { actor: { id: 'x', kind: 'service' } } };
    const bus = memoryBus();
    const client = await pinnedClient('daarion', ['task.created']);
    const { producer } = (await client.rules('daarion', 'task.created')).contract;
    const events = createEvents<AnyMap>({ catalog: 'daarion', service: producer!, client, bus, envelope: actor });
    const payload = { task_id: 'k', project_id: 'p', team_id: 't_1', status: 'open' };
    const missing = await faultOf(events.publish('task.created', payload));
    expect(missing.message).toContain('team_id');
    const other = await faultOf(events.publish('task.created', payload, { tenant: 't_2' }));
    expect(other.details).toMatchObject({
      errors: [{ keyword: 'envelope-tenant', instancePointer: '/payload/team_id' }],
    });
    await events.publish('task.created', payload, { tenant: 't_1' });
    expect(bus.published()).toHaveLength(1);
  });

  test('with a sender or level that the caller slipped into the envelope', async () => {
    const { bus, events } = await service('eventing-model', 'chat-service', ['chat.conversation.started']);
    const schema = (await import('./support/registry.ts')).readSchema(
      'eventing-model',
      'chat.conversation.started.json',
    );
    const payload = (await import('../src/schema/sample.ts')).sample(schema, schema) as JsonObject;
    const fault = await faultOf(
      events.publish('chat.conversation.started', payload, { envelope: { classification: 'public' } }),
    );
    expect(fault.details).toMatchObject({ errors: [{ keyword: 'envelope-classification' }] });
    expect(bus.published()).toEqual([]);
  });

  test('that is retired', async () => {
    const client = await pinnedClient('choice-sherpa', ['session.created']);
    const { HeraldError } = await import('../src/client/index.ts');
    const retired = {
      ...client,
      latest: async () => {
        throw new HeraldError('SUBJECT_RETIRED', 'retired', { status: 410 });
      },
    };
    const bus = memoryBus();
    const events = createEvents<AnyMap>({ catalog: 'choice-sherpa', service: 'session', client: retired, bus });
    expect((await faultOf(events.publish('session.created', created('s')))).code).toBe('SUBJECT_RETIRED');
  });

  test('over the broker’s limit', async () => {
    const bus = memoryBus({ maxBodyBytes: 500 });
    const client = await pinnedClient('choice-sherpa', ['session.created']);
    const events = createEvents<AnyMap>({ catalog: 'choice-sherpa', service: 'session', client, bus });
    const fault = await faultOf(events.publish('session.created', created('s', 'x'.repeat(600))));
    expect(fault).toMatchObject({ code: 'MESSAGE_TOO_LARGE', details: { maxBodyBytes: 500 } });
  });
});

test('goes on from the lock file while the registry is down, and says so where there is none', async () => {
  const { createClient } = await import('../src/client/index.ts');
  const down = createClient({
    url: 'http://127.0.0.1:9',
    retries: 0,
    catalogs: {},
  });
  const bus = memoryBus();
  const events = createEvents<AnyMap>({ catalog: 'choice-sherpa', service: 'session', client: down, bus });
  const fault = await faultOf(events.publish('session.created', created('s')));
  expect(fault.code).toBe('CONTRACT_UNAVAILABLE');
  expect(fault.message).toContain('lock file');
  const away = { url: 'http://127.0.0.1:9', retries: 0 };
  const pinned = await pinnedClient('choice-sherpa', ['session.created'], undefined, away);
  await createEvents<AnyMap>({ catalog: 'choice-sherpa', service: 'session', client: pinned, bus }).publish(
    'session.created',
    created('s'),
  );
  expect(bus.published()).toHaveLength(1);
  const reader = createEvents<AnyMap>({ catalog: 'choice-sherpa', service: 'dashboard', client: pinned, bus });
  const seen: string[] = [];
  const running = await reader
    .consumer('cards', memoryStore())
    .on('session.created', ({ id }) => void seen.push(id))
    .start();
  await until('the reader', () => seen.length === 1);
  await running.stop();
});

test('what the registry does not know is refused with its code and the remedy, published or read', async () => {
  const registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa', (subject) => subject === 'session.created');
  const { createClient } = await import('../src/client/index.ts');
  const client = createClient({
    url: 'http://registry',
    fetch: async (url, init) => registry.app.request(String(url).replace('http://registry', ''), init),
  });
  const bus = memoryBus();
  const make = (service: string) => createEvents<AnyMap>({ catalog: 'choice-sherpa', service, client, bus });
  const unknown = { code: 'EVENT_UNKNOWN', message: expect.stringContaining('Register its schema') };
  expect(await faultOf(make('session').publish('session.exploded', {}))).toMatchObject(unknown);
  const starting = make('dashboard')
    .consumer('cards', memoryStore())
    .on('session.exploded', () => {})
    .start();
  expect(await faultOf(starting)).toMatchObject(unknown);
  await registry.close();
});

test('wrong payloads and unknown events do not compile', () => {
  const events = {} as Events<SherpaEvents>;
  expectTypeOf(events.publish<'session.created'>)
    .parameter(1)
    .toEqualTypeOf<SherpaEvents['session.created']['payload']>();
  const never = () => {
    // @ts-expect-error there is no such event
    void events.publish('session.exploded', {});
    // @ts-expect-error a title is a text
    void events.publish('session.created', { ...created('s'), title: 7 });
    // @ts-expect-error archived_at is missing
    void events.publish('session.archived', { session_id: 's' });
    // @ts-expect-error the outbox takes the same payloads
    void events.add({ query: async () => [] }, 'session.archived', { session_id: 's' });
    void events.publish('session.archived', { session_id: 's', archived_at: 't' });
  };
  expect(never).toBeTypeOf('function');
});
