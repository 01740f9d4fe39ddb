/** What is RabbitMQ's own: brokers that are away, groups that change their kind, a past that is copied while events go on. */
import { randomUUID } from 'node:crypto';
import { Connection } from 'rabbitmq-client';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Bus, Channel, StoredMessage, SubscribeOptions } from '../src/events/bus.ts';
import { rabbitBus } from '../src/events/rabbitmq/index.ts';
import { until } from './support/events.ts';
import { proxyTo } from './support/proxy.ts';
import { amqpUrl } from './support/servers.ts';

const url = amqpUrl();
const opened: { close(): Promise<void> }[] = [];
const channels: Channel[] = [];
const groups: string[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  if (url === undefined) return;
  const rabbit = new Connection(url);
  for (const { stream } of channels) {
    for (const queue of [`${stream}.log`, `${stream}.groups`]) await rabbit.queueDelete({ queue });
    await rabbit.exchangeDelete({ exchange: stream });
  }
  for (const group of groups) for (const queue of [group, `${group}.history`]) await rabbit.queueDelete({ queue });
  await rabbit.close();
});

function bus(to = url!): Bus {
  const made = rabbitBus({ url: to });
  opened.push(made);
  return made;
}

function channelOf(): Channel {
  const name = `q${randomUUID().slice(0, 8)}`;
  const channel = { subject: `${name}.a`, address: `${name}.a`, stream: name.toUpperCase() };
  channels.push(channel);
  return channel;
}

const send = (by: Bus, channel: Channel, body: string, key = 'k') =>
  by.publish(
    { channel, id: randomUUID(), key, body: new TextEncoder().encode(body), headers: {} },
    { timeoutMs: 5_000 },
  );

const text = ({ body }: StoredMessage) => new TextDecoder().decode(body);

function listening(channel: Channel, more: Partial<SubscribeOptions>): SubscribeOptions {
  const group = `g-${randomUUID().slice(0, 8)}`;
  groups.push(group);
  const options = { channels: [channel], start: 'earliest' as const, maxInFlight: 10, ackWaitMs: 30_000 };
  return { group, ordered: false, onError: () => {}, onDelivery: () => {}, ...options, ...more };
}

test('a server that is not there is named, without its password, and nothing waits for it', async () => {
  const away = bus('amqp://herald:secret@127.0.0.1:1');
  const refused: unknown = await send(away, channelOf(), 'x').catch((error: unknown) => error);
  channels.length = 0;
  expect(refused).toMatchObject({ code: 'BUS_UNREACHABLE', details: { server: 'amqp://127.0.0.1:1' } });
  expect(JSON.stringify(refused) + String(refused)).not.toContain('secret');
});

describe.skipIf(url === undefined)('on the server of AMQP_URL', () => {
  test('a service that started before its server goes on once it is there', async () => {
    const proxy = await proxyTo(url!);
    opened.push(proxy);
    const back = proxy.cut();
    const early = bus(proxy.url);
    const channel = channelOf();
    await expect(early.ensure([channel])).rejects.toMatchObject({ code: 'BUS_UNREACHABLE' });
    await back();
    await early.ensure([channel]);
    expect(await send(early, channel, 'x')).toEqual({ duplicate: false });
  });

  test('a wrong password is refused as such', async () => {
    const refused = bus(url!.replace(/\/\/[^@]*@/, '//nobody:wrong@'));
    await expect(refused.verify([channelOf()])).rejects.toMatchObject({ code: 'BUS_FORBIDDEN' });
  });

  test('a group does not change from unordered to ordered in silence', async () => {
    const by = bus();
    const channel = channelOf();
    await by.ensure([channel]);
    const options = listening(channel, {});
    await (await by.subscribe(options)).stop(0);
    await expect(by.subscribe({ ...options, ordered: true })).rejects.toMatchObject({
      code: 'BUS_UNSUPPORTED',
      details: { group: options.group },
    });
  });

  test('a group that begins in the past while events go on loses none and keeps the order of each key', async () => {
    const [writer, reader] = [bus(), bus()];
    const channel = channelOf();
    await writer.ensure([channel]);
    const keys = ['red', 'green'];
    let sent = 0;
    let isWriting = true;
    const writing = (async () => {
      for (; isWriting; sent += 1) for (const key of keys) await send(writer, channel, String(sent), key);
    })();
    await until('a past', () => sent > 20);
    const seen = new Map<string, number[]>(keys.map((key) => [key, []]));
    const options = listening(channel, {
      ordered: true,
      onDelivery: (delivery) => {
        const before = seen.get(delivery.key!)!;
        const number = Number(text(delivery));
        // what was copied while the queue was bound already comes twice
        if (!before.includes(number)) before.push(number);
        void delivery.ack();
      },
    });
    await reader.subscribe(options);
    await until('a present', () => sent > 60);
    isWriting = false;
    await writing;
    const all = Array.from({ length: sent }, (_, index) => index);
    await until('all', () => keys.every((key) => seen.get(key)!.length >= sent));
    for (const key of keys) expect(seen.get(key)).toEqual(all);
  });

  test('a group whose making was cut short is made whole by the next member', async () => {
    const by = bus();
    const channel = channelOf();
    await by.ensure([channel]);
    await send(by, channel, 'past');
    const got: string[] = [];
    const options = listening(channel, {
      onDelivery: (delivery) => {
        got.push(text(delivery));
        void delivery.ack();
      },
    });
    // as a process leaves it that ends after it made the queue and before it copied the past
    const rabbit = new Connection(url!);
    const quorum = { 'x-queue-type': 'quorum' as const };
    await rabbit.queueDeclare({ queue: options.group, durable: true, arguments: quorum });
    await rabbit.close();
    await by.subscribe(options);
    await until('the past', () => got.length === 1);
    expect(got).toEqual(['past']);
  });

  test('a message whose address nothing of its stream keeps is not confirmed', async () => {
    const by = bus();
    const channel = channelOf();
    await by.ensure([channel]);
    const rabbit = new Connection(url!);
    await rabbit.queueDelete({ queue: `${channel.stream}.log` });
    await rabbit.close();
    await expect(send(by, channel, 'x')).rejects.toMatchObject({
      code: 'STREAM_MISSING',
      details: { streams: [channel.stream] },
    });
  });
});
