/** What is NATS' own: servers that are away or lack JetStream, streams that other programs made, leaders that die, durables that grow. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Bus, Channel, Delivery, SubscribeOptions } from '../src/events/bus.ts';
import { natsBus } from '../src/events/nats/index.ts';
import { until } from './support/events.ts';
import { proxyTo } from './support/proxy.ts';
import { natsUrl } from './support/servers.ts';

const url = natsUrl();
const opened: { close(): Promise<void> }[] = [];
const streams = new Set<string>();

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

const manager = async () => {
  const nc = await connect({ servers: url! });
  return { nc, jsm: await jetstreamManager(nc) };
};

afterAll(async () => {
  if (url === undefined) return;
  const { nc, jsm } = await manager();
  for (const stream of streams) await jsm.streams.delete(stream).catch(() => {});
  await nc.close();
});

function bus(to = url!): Bus {
  const made = natsBus({ url: to });
  opened.push(made);
  return made;
}

function channelsOf(...names: readonly string[]): Channel[] {
  const unique = `n${randomUUID().slice(0, 8)}`;
  streams.add(unique.toUpperCase());
  return names.map((name) => ({
    subject: `${unique}.${name}`,
    address: `${unique}.${name}`,
    stream: unique.toUpperCase(),
  }));
}

const send = (by: Bus, channel: Channel, body: string, key = 'k') =>
  by.publish(
    { channel, id: randomUUID(), key, body: new TextEncoder().encode(body), headers: {} },
    { timeoutMs: 5_000 },
  );

const text = ({ body }: Delivery) => new TextDecoder().decode(body);

const listening = (channels: readonly Channel[], more: Partial<SubscribeOptions>): SubscribeOptions => ({
  group: 'g',
  channels,
  ordered: false,
  start: 'earliest',
  maxInFlight: 10,
  ackWaitMs: 30_000,
  onError: () => {},
  onDelivery: () => {},
  ...more,
});

test('a server that is not there when a service starts is named, without its password, and nothing waits for it', async () => {
  const away = bus('nats://herald:secret@127.0.0.1:1');
  const [channel] = channelsOf('a');
  const refused: unknown = await send(away, channel!, 'x').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'BUS_UNREACHABLE', details: { servers: ['nats://127.0.0.1:1'] } });
  expect(JSON.stringify(refused) + String(refused)).not.toContain('secret');
});

describe.skipIf(url === undefined)('on the server of NATS_URL', () => {
  test('a service that started before its server goes on once it is there', async () => {
    const proxy = await proxyTo(url!);
    opened.push(proxy);
    const back = proxy.cut();
    const early = bus(proxy.url);
    const [channel] = channelsOf('a');
    await expect(early.ensure([channel!])).rejects.toMatchObject({ code: 'BUS_UNREACHABLE' });
    await back();
    await early.ensure([channel!]);
    expect(await send(early, channel!, 'x')).toEqual({ duplicate: false });
  });

  test('an address that another stream takes is refused with the name of that stream', async () => {
    const [channel] = channelsOf('a');
    const by = bus();
    await by.ensure([channel!]);
    const elsewhere = { ...channel!, stream: `${channel!.stream}_OTHER` };
    streams.add(elsewhere.stream);
    await expect(by.ensure([elsewhere])).rejects.toMatchObject({
      code: 'BUS_UNSUPPORTED',
      details: { streams: [channel!.stream] },
    });
    await expect(send(by, elsewhere, 'x')).rejects.toMatchObject({ code: 'STREAM_MISSING' });
  });

  test('a stream that is there takes another address, and keeps its settings', async () => {
    const [one, two] = channelsOf('one', 'two') as [Channel, Channel];
    const by = bus();
    await by.ensure([{ ...one, retentionMs: 3_600_000 }]);
    await expect(by.verify([one, two])).rejects.toMatchObject({
      code: 'STREAM_MISSING',
      details: { streams: [one.stream], addresses: [two.address] },
    });
    await by.ensure([{ ...two, retentionMs: 7_200_000 }]);
    await by.verify([one, two]);
    const { nc, jsm } = await manager();
    const { config } = await jsm.streams.info(one.stream);
    await nc.close();
    expect([config.subjects, config.max_age]).toEqual([[one.address, two.address], 3_600_000 * 1e6]);
  });

  test('a new leader to whom answers and messages come together keeps the order of a key', async () => {
    const [gone, heir] = [await proxyTo(url!), await proxyTo(url!)];
    opened.push(gone, heir);
    const [channel] = channelsOf('a');
    const by = bus();
    await by.ensure([channel!]);
    const options = { ordered: true, ackWaitMs: 20_000, maxInFlight: 4 };
    const held: Delivery[] = [];
    const first = bus(gone.url);
    await first.subscribe(listening([channel!], { ...options, onDelivery: (delivery) => void held.push(delivery) }));
    await send(by, channel!, '0');
    await until('the first is held', () => held.length > 0);
    const got: string[] = [];
    const onDelivery = (delivery: Delivery) => {
      got.push(text(delivery));
      void delivery.ack();
    };
    const second = bus(heir.url);
    await second.subscribe(listening([channel!], { ...options, onDelivery }));
    const { nc, jsm } = await manager();
    opened.push(nc);
    gone.cut();
    await pause(1_000);
    const isAsking = async () => (await jsm.consumers.info(channel!.stream, 'g')).num_waiting > 0;
    while (!(await isAsking())) await pause(200);
    const bodies = ['1', '2', '3', '4', '5'];
    for (const body of bodies) {
      const handOn = heir.hold();
      // by now the server has answered how much the former leader still holds
      await pause(300);
      await send(by, channel!, body);
      await pause(50);
      handOn();
      await pause(300);
    }
    expect(got).toEqual([]);
    await until('all', () => got.length > bodies.length, 30_000);
    expect(got).toEqual(['0', ...bodies]);
  }, 60_000);

  test.each([true, false])('a bus closes though its server has fallen silent, ordered %s', async (ordered) => {
    const way = await proxyTo(url!);
    opened.push(way);
    const [channel] = channelsOf('a');
    const by = bus(way.url);
    await by.ensure([channel!]);
    const member = await by.subscribe(listening([channel!], { ordered }));
    way.hold();
    const ended = Promise.all([member.stop(0), by.close()]).then(() => 'closed');
    expect(await Promise.race([ended, pause(10_000)])).toBe('closed');
  });

  test('a body over the limit of its stream is refused for good', async () => {
    const [channel] = channelsOf('a');
    const { nc, jsm } = await manager();
    await jsm.streams.add({ name: channel!.stream, subjects: [channel!.address], max_msg_size: 1_000 });
    await nc.close();
    await expect(send(bus(), channel!, 'x'.repeat(2_000))).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      retry: 'never',
    });
  });

  test('a group that handles more from now on reads it too, and what its durable does not mean is not delivered', async () => {
    const [one, two, three] = channelsOf('one', 'two', 'three') as [Channel, Channel, Channel];
    const by = bus();
    await by.ensure([one, two, three]);
    const first = await by.subscribe(listening([one], {}));
    await first.stop(0);
    const got: string[] = [];
    await by.subscribe(
      listening([one, two], {
        onDelivery: (delivery) => {
          got.push(text(delivery));
          void delivery.ack();
        },
      }),
    );
    await send(by, three, 'not meant');
    await send(by, two, 'two');
    await send(by, one, 'one');
    await until('both', () => got.length === 2);
    expect(got).toEqual(['two', 'one']);
    expect(await by.groupsOf(two)).toEqual([{ name: 'g', addresses: [one.address, two.address] }]);
    expect(await by.groupsOf(three)).toEqual([]);
    await until('nothing left', async () => {
      const { pending, inFlight } = await by.backlog('g', [one, two]);
      return pending + inFlight === 0;
    });
  });

  test('durables that other programs made are among the readers of a subject', async () => {
    const [channel, other] = channelsOf('a', 'b') as [Channel, Channel];
    const by = bus();
    await by.ensure([channel, other]);
    const { nc, jsm } = await manager();
    await jsm.consumers.add(channel.stream, {
      durable_name: 'theirs',
      ack_policy: 'explicit',
      filter_subject: channel.address,
    });
    await jsm.consumers.add(channel.stream, { durable_name: 'all', ack_policy: 'explicit' });
    await nc.close();
    expect((await by.groupsOf(channel)).map(({ name }) => name).sort()).toEqual(['all', 'theirs']);
    expect((await by.groupsOf(other)).map(({ name }) => name)).toEqual(['all']);
  });

  test('groups whose names differ only in what NATS does not allow are two groups', async () => {
    const [channel] = channelsOf('a') as [Channel];
    const by = bus();
    await by.ensure([channel]);
    for (const group of ['a.b', 'a_b', 'a b']) await (await by.subscribe(listening([channel], { group }))).stop(0);
    expect((await by.groupsOf(channel)).map(({ name }) => name).sort()).toEqual(['a b', 'a.b', 'a_b']);
  });
});
