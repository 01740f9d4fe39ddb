/** The permissions of the fourth document on a real nats-server, asked one by one: what each service may do it can, and nothing else. */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, nkeyAuthenticator, nkeys } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery, StoredMessage } from '../src/events/bus.ts';
import { channelOf } from '../src/events/channel.ts';
import { accessTable } from '../src/policy/access.ts';
import { accountFile } from '../src/provision/nats/account-file.ts';
import { natsGrants } from '../src/provision/nats/permissions.ts';
import { wantedOnNats } from '../src/provision/nats/wanted.ts';
import { streamOfSubject } from '../src/schema/delivery.ts';
import { leaseSubject } from '../src/schema/nats-names.ts';
import { type CatalogFolder, catalogFolder } from './support/catalogs.ts';
import { isRefusal, mayPublish, maySubscribe } from './support/nats-permissions.ts';
import { hasNatsServer, natsServer } from './support/nats-server.ts';
import { type Proof, type ProvisionedNats, provisionedNats } from './support/provisioned-nats.ts';

const proofs: readonly (readonly [string, Proof])[] = [
  ['passwords', 'passwords'],
  ['tokens of an operator’s account', 'jwt'],
];

describe.skipIf(!hasNatsServer()).each(proofs)('each service of the fourth document, by %s', (_, proof) => {
  let world: ProvisionedNats;
  let source: CatalogFolder;
  const connections = new Map<string, NatsConnection>();

  beforeAll(async () => {
    world = await provisionedNats('daarion', 'staging', proof);
    source = world.source;
    for (const service of services()) {
      const inboxPrefix = `_INBOX.${service}`;
      connections.set(service, await connect({ servers: world.server, ...world.loginOf(service), inboxPrefix }));
    }
  }, 60_000);
  afterAll(async () => {
    for (const nc of connections.values()) await nc.close();
    await world?.stop();
  });

  const services = () => Object.keys(source.catalog.services).sort();
  const table = () =>
    accessTable(
      source.catalog,
      source.events.map(({ subject, contract }) => ({
        subject,
        stage: 'active',
        consumers: (contract.consumers ?? []).map(({ service }) => service),
        ...(contract.producer !== undefined && { producer: contract.producer }),
      })),
    );

  const maySend = (service: string, subject: string, body = '') => mayPublish(connections.get(service)!, subject, body);

  /** What a service may do of these, asked of the server. */
  async function allowed(service: string, subjects: readonly string[], body = ''): Promise<readonly string[]> {
    const answers = await Promise.all(subjects.map((subject) => maySend(service, subject, body)));
    return subjects.filter((_, index) => answers[index]);
  }

  it('§12: the orchestrator consumes usage.agent_run.* through the runtime without making anything; a replay is its reader’s', async () => {
    const channel = (subject: string) => {
      const { contract } = source.events.find((event) => event.subject === subject)!;
      return channelOf(source.catalog, subject, contract, 'nats');
    };
    const [usage, orchestrator, quota] = ['usage', 'agent-orchestrator', 'quota-service'].map(world.busOf);
    const counted = channel('usage.agent_run.increment');
    try {
      for (const id of ['1', '2']) {
        const message = { channel: counted, id, key: 'team', body: new TextEncoder().encode(id), headers: {} };
        await usage!.publish(message, { timeoutMs: 5_000 });
      }
      await orchestrator!.verify([counted]);
      const got: string[] = [];
      const errors: unknown[] = [];
      const subscription = await orchestrator!.subscribe({
        group: 'agent-orchestrator',
        channels: [counted],
        ordered: true,
        start: 'earliest',
        maxInFlight: 10,
        ackWaitMs: 60_000,
        onDelivery: (delivery: Delivery) => {
          got.push(delivery.id ?? '');
          void delivery.ack();
        },
        onError: (error) => errors.push(error),
      });
      for (let tried = 0; tried < 100 && got.length < 2; tried += 1) await new Promise((r) => setTimeout(r, 50));
      expect(got).toEqual(['1', '2']);
      await subscription.stop(2_000);
      expect(errors).toEqual([]);
      const replayed: string[] = [];
      const channels = ['usage.agent_run.increment', 'usage.llm.increment', 'usage.embassy.increment'].map(channel);
      const read = quota!.read({ channels, from: 'earliest' });
      for await (const { id } of read as AsyncIterable<StoredMessage>) replayed.push(id ?? '');
      expect(replayed).toEqual(['1', '2']);
      const refused = (async () => {
        for await (const _ of orchestrator!.read({ channels: [counted], from: 'earliest' }));
      })();
      await expect(refused).rejects.toMatchObject({ code: 'BUS_FORBIDDEN' });
    } finally {
      await Promise.all([usage, orchestrator, quota].map((bus) => bus?.close()));
    }
  }, 30_000);

  it('an ordered group turns to its next member at once, though nobody may delete a lease', async () => {
    const subject = 'governance.policy.created';
    const { contract } = source.events.find((event) => event.subject === subject)!;
    const channel = channelOf(source.catalog, subject, contract, 'nats');
    const [agent, first, second] = ['governance-agent', 'audit', 'audit'].map(world.busOf);
    const got: string[] = [];
    const errors: unknown[] = [];
    const member = (name: string) => ({
      group: 'audit',
      channels: [channel],
      ordered: true,
      start: 'earliest' as const,
      maxInFlight: 1,
      ackWaitMs: 60_000,
      onDelivery: (delivery: Delivery) => {
        got.push(`${name} ${delivery.id}`);
        void delivery.ack();
      },
      onError: (error: unknown) => errors.push(error),
    });
    const publish = (id: string) =>
      agent!.publish(
        { channel, id, key: 'k', body: new TextEncoder().encode('{}'), headers: {} },
        { timeoutMs: 5_000 },
      );
    const until = async (count: number, ms: number) => {
      const end = Date.now() + ms;
      while (got.length < count && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    try {
      const leading = await first!.subscribe(member('first'));
      const waiting = await second!.subscribe(member('second'));
      await publish('1');
      await until(1, 5_000);
      await leading.stop(1_000);
      await publish('2');
      // left to run out, the lease would hold for ten seconds
      await until(2, 5_000);
      await waiting.stop(1_000);
      expect([got, errors]).toEqual([['first 1', 'second 2'], []]);
    } finally {
      await Promise.all([agent, first, second].map((bus) => bus?.close()));
    }
  }, 30_000);

  it('publishes what the contracts and §12 say, and no other event', async () => {
    const subjects = source.events.map(({ subject }) => subject).sort();
    for (const { service, publish } of table())
      expect([service, await allowed(service, subjects, '{}')]).toEqual([service, [...publish].sort()]);
  }, 60_000);

  it('reads its own durables, and no others', async () => {
    const durables = wantedOnNats([source], 'staging').filter(({ kind }) => kind === 'durable');
    const names = durables.map(({ of, name }) => `${of}.${name}`).sort();
    for (const service of services()) {
      const own = durables.filter(({ name }) => name === service).map(({ of, name }) => `${of}.${name}`);
      for (const verb of ['$JS.API.CONSUMER.MSG.NEXT.', '$JS.API.CONSUMER.INFO.']) {
        const may = await allowed(
          service,
          names.map((name) => `${verb}${name}`),
          '{"batch":1,"no_wait":true}',
        );
        expect([service, may]).toEqual([service, own.sort().map((name) => `${verb}${name}`)]);
      }
      const acks = names.map((name) => `$JS.ACK.${name}.1.1.1.1.0`);
      expect([service, await allowed(service, acks)]).toEqual([
        service,
        own.map((name) => `$JS.ACK.${name}.1.1.1.1.0`),
      ]);
      const leases = durables.map(({ of = '', name }) => leaseSubject(of, name)).sort();
      const ownLeases = durables
        .filter(({ name }) => name === service)
        .map(({ of = '', name }) => leaseSubject(of, name));
      expect([service, await allowed(service, leases)]).toEqual([service, ownLeases.sort()]);
    }
  }, 120_000);

  it('replays the streams of which it may read everything, and no others', async () => {
    const streams = [...new Set(source.events.map(({ subject }) => streamOfSubject(source.catalog, subject)))].sort();
    for (const { service, subscribe } of table()) {
      const whole = streams.filter((stream) =>
        source.events
          .filter(({ subject }) => streamOfSubject(source.catalog, subject) === stream)
          .every(({ subject }) => subscribe.includes(subject)),
      );
      const may = await allowed(
        service,
        streams.map((stream) => `$JS.API.STREAM.MSG.GET.${stream}`),
        '{"seq":1}',
      );
      expect([service, may]).toEqual([service, whole.map((stream) => `$JS.API.STREAM.MSG.GET.${stream}`)]);
    }
    // §12 permits usage.agent_run.* alone: the stream holds two more
    const [orchestrator] = natsGrants(source).filter(({ service }) => service === 'agent-orchestrator');
    expect(orchestrator?.withheld).toEqual([
      'replay of STREAM_USAGE, where usage.embassy.increment travels too, which agent-orchestrator may not read',
    ]);
  }, 60_000);

  it('makes, changes and deletes nothing of the broker', async () => {
    const verbs = [
      'STREAM.CREATE.STREAM_RWA',
      'STREAM.UPDATE.STREAM_RWA',
      'STREAM.PURGE.STREAM_RWA',
      'STREAM.DELETE.STREAM_RWA',
      'STREAM.MSG.DELETE.STREAM_RWA',
      'STREAM.MSG.DELETE.HERALD_LEASES',
      'STREAM.NAMES',
      'STREAM.LIST',
      'STREAM.SNAPSHOT.STREAM_RWA',
      'CONSUMER.CREATE.STREAM_RWA',
      'CONSUMER.CREATE.STREAM_RWA.mine',
      'CONSUMER.CREATE.STREAM_RWA.mine.rwa.inventory.updated',
      'CONSUMER.DURABLE.CREATE.STREAM_RWA.wallet',
      'CONSUMER.DELETE.STREAM_RWA.wallet',
      'CONSUMER.NAMES.STREAM_RWA',
      'CONSUMER.LIST.STREAM_RWA',
      'DIRECT.GET.STREAM_RWA',
      'INFO',
    ].map((verb) => `$JS.API.${verb}`);
    for (const service of services()) expect([service, await allowed(service, verbs)]).toEqual([service, []]);
  }, 60_000);

  it('hears its own inbox alone: no event, no advisory, nobody else’s answers', async () => {
    const others = [
      '>',
      '*',
      'wallet.>',
      'rwa.inventory.updated',
      '$JS.EVENT.ADVISORY.>',
      '_INBOX.>',
      '_INBOX.wallet.x',
      '$JS.ACK.>',
    ];
    for (const service of services()) {
      const wanted = others.filter((subject) => subject !== `_INBOX.${service}.x`);
      const heard = await Promise.all(wanted.map((subject) => maySubscribe(connections.get(service)!, subject)));
      expect([service, wanted.filter((_, index) => heard[index])]).toEqual([service, []]);
      expect(await maySubscribe(connections.get(service)!, `_INBOX.${service}.x`)).toBe(true);
    }
  }, 60_000);
});

describe.skipIf(!hasNatsServer())('nkeys', () => {
  it('prove who a service is in place of a password, and permit the same', async () => {
    const source = await catalogFolder('daarion');
    const pairs = new Map(['embassy', 'herald'].map((user) => [user, nkeys.createUser()]));
    const keys = new Map([...pairs].map(([user, pair]) => [user, pair.getPublicKey()]));
    const grants = natsGrants(source).filter(({ service }) => service === 'embassy');
    const server = await natsServer({ config: accountFile([{ catalog: 'daarion', grants }], keys) });
    const as = (user: string, inboxPrefix = '_INBOX') => {
      const authenticator = nkeyAuthenticator(pairs.get(user)!.getSeed());
      return connect({ servers: server.url, authenticator, inboxPrefix });
    };
    try {
      const [embassy, all] = [await as('embassy', '_INBOX.embassy'), await as('herald')];
      await expect(all.request('$JS.API.INFO')).resolves.toBeDefined();
      const refused = await embassy.request('wallet.tx.sent').catch(isRefusal);
      const unheard = await embassy.request('embassy.food.update', '', { timeout: 200 }).catch(isRefusal);
      expect([refused, unheard]).toEqual([true, false]);
      await expect(connect({ servers: server.url, user: 'embassy', pass: '' })).rejects.toThrow(/authorization/i);
      await Promise.all([embassy.close(), all.close()]);
    } finally {
      await server.stop();
    }
  });
});

describe.skipIf(!hasNatsServer())('why nobody makes consumers', () => {
  it('who makes one that pushes has the server write where the maker may not', async () => {
    const accounts = `accounts: { A: { jetstream: enabled, users: [
      { user: all, password: pw },
      { user: reader, password: pw, permissions: {
        publish: { allow: ["$JS.API.CONSUMER.CREATE.READ"] }, subscribe: { allow: ["_INBOX.>"] } } }
    ] } }`;
    const server = await natsServer({ config: accounts });
    const [all, reader] = await Promise.all(
      ['all', 'reader'].map((user) => connect({ servers: server.url, user, pass: 'pw' })),
    );
    try {
      const jsm = await jetstreamManager(all!);
      await jsm.streams.add({ name: 'READ', subjects: ['read.me'] });
      await jsm.streams.add({ name: 'FUNDS', subjects: ['wallet.>'] });
      await all!.request('read.me', 'forged');
      // the server delivers where somebody listens, and the stream behind it listens too
      all!.subscribe('wallet.tx.sent');
      await all!.flush();
      expect(await reader!.request('wallet.tx.sent', 'forged').catch(isRefusal)).toBe(true);
      const config = {
        deliver_subject: 'wallet.tx.sent',
        ack_policy: 'none',
        deliver_policy: 'all',
        replay_policy: 'instant',
      };
      const consumer = { stream_name: 'READ', config };
      await reader!.request('$JS.API.CONSUMER.CREATE.READ', JSON.stringify(consumer));
      let stored = 0;
      for (let tried = 0; tried < 60 && stored === 0; tried += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        stored = (await jsm.streams.info('FUNDS')).state.messages;
      }
      expect(stored).toBe(1);
    } finally {
      await Promise.all([all, reader].map((nc) => nc?.close()));
      await server.stop();
    }
  });
});
