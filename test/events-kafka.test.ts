/** What is Kafka's own: brokers that make topics when asked, single settlements, counts, partitions that change hands, other programs. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Bus, Channel, Delivery, StoredMessage, SubscribeOptions } from '../src/events/bus.ts';
import { channelOf } from '../src/events/channel.ts';
import { kafkaBus } from '../src/events/kafka/index.ts';
import type { Catalog } from '../src/schema/catalog.ts';
import { until } from './support/events.ts';
import { hasKafka, kafkaClients, kafkaMock } from './support/kafka.ts';

const mock = hasKafka() ? await kafkaMock() : undefined;
const clientOf = mock === undefined ? undefined : kafkaClients(mock);
const opened: Bus[] = [];

afterAll(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
  mock?.close();
});

const kept = (made: Bus) => {
  opened.push(made);
  return made;
};

function cuttable() {
  const { client, ...way } = clientOf!();
  return { bus: kept(kafkaBus({ url: `kafka://${mock!.address}`, client, sessionTimeoutMs: 3_000 })), ...way };
}

const bus = () => cuttable().bus;

/** Without what the tests answer instead of the broker. */
const bare = (url = `kafka://${mock!.address}`) => kept(kafkaBus({ url }));

/** One partition, so that its order is that of all messages. */
async function channelWith(partitions = 1): Promise<Channel> {
  const name = `k${randomUUID().slice(0, 8)}.a`;
  await mock!.make(name, partitions);
  return { subject: name, address: name, stream: name };
}

const send = (by: Bus, channel: Channel, body: string, key = 'k') =>
  by.publish(
    { channel, id: randomUUID(), key, body: new TextEncoder().encode(body), headers: {} },
    { timeoutMs: 5_000 },
  );

const text = ({ body }: StoredMessage) => new TextDecoder().decode(body);

async function member(by: Bus, channels: readonly Channel[], more: Partial<SubscribeOptions> = {}) {
  const got: Delivery[] = [];
  const subscription = await by.subscribe({
    group: 'g',
    channels,
    ordered: false,
    start: 'earliest',
    maxInFlight: 10,
    ackWaitMs: 2_000,
    onError: () => {},
    onDelivery: (delivery) => void got.push(delivery),
    ...more,
  });
  return { got, bodies: () => got.map(text), subscription };
}

const group = () => `g-${randomUUID().slice(0, 8)}`;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a broker that is not there is named, without its password, and nothing waits for it', async () => {
  const began = Date.now();
  const away = bare('kafka://herald:secret@127.0.0.1:1');
  const channel = { subject: 'a', address: 'a', stream: 'a' };
  const refused: unknown = await send(away, channel, 'x').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'BUS_UNREACHABLE', details: { server: 'kafka://127.0.0.1:1' } });
  expect(String(refused)).not.toContain('secret');
  expect(Date.now() - began).toBeLessThan(3_000);
});

test('a topic is what the catalog makes of the subject', () => {
  const file = new URL('../schemas/choice-sherpa/catalog.json', import.meta.url);
  const catalog = JSON.parse(readFileSync(file, 'utf8')) as Catalog;
  const made = (topic: string) =>
    channelOf({ ...catalog, transports: { kafka: { topic } } }, 'session.created', {}, 'kafka');
  expect(made('{subject}')).toMatchObject({ address: 'session.created', stream: 'session.created' });
  expect(made('events.{domain}')).toMatchObject({ address: 'session.created', stream: 'events.session' });
});

describe.skipIf(mock === undefined)('on the broker of librdkafka', { concurrent: true, timeout: 40_000 }, () => {
  test('a topic that is missing is missing, though the broker makes it for whoever asks by name', async () => {
    const name = `missing${randomUUID().slice(0, 8)}`;
    const channel = { subject: name, address: name, stream: name };
    await expect(send(bus(), channel, 'x')).rejects.toMatchObject({ code: 'STREAM_MISSING' });
    await expect(member(bus(), [channel])).rejects.toMatchObject({ code: 'STREAM_MISSING' });
    const admin = new Kafka({ brokers: [mock!.address], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    expect(await admin.listTopics()).not.toContain(name);
    // it would have
    await admin.fetchTopicMetadata({ topics: [name] });
    expect(await admin.listTopics()).toContain(name);
    await admin.disconnect();
  });

  test('a broker that makes no topics says so, with the command that does', async () => {
    const refused: unknown = await bare()
      .ensure([{ subject: 'a', address: 'a', stream: 'never.made' }])
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'BUS_UNSUPPORTED', details: { streams: ['never.made'] } });
    expect(String(refused)).toContain('kafka-topics.sh --create: --topic never.made --partitions 6');
  });

  test('a name that no topic may have is refused', async () => {
    const refused = bus().ensure([{ subject: 'a', address: 'a', stream: 'chat:message' }]);
    await expect(refused).rejects.toMatchObject({ code: 'BUS_UNSUPPORTED', details: { streams: ['chat:message'] } });
  });

  test('what was settled out of order does not come again, and what was not is counted', async () => {
    const [channel, name, first] = [await channelWith(), group(), bus()];
    for (const body of ['1', '2', '3']) await send(first, channel, body);
    const one = await member(first, [channel], { group: name });
    await until('three', () => one.got.length === 3);
    for (const delivery of one.got.slice(1)) await delivery.ack();
    await first.close();
    const second = bus();
    await send(second, channel, '4');
    const two = await member(second, [channel], { group: name });
    await until('two more', () => two.got.length === 2);
    await pause(300);
    expect(two.got.map((delivery) => [text(delivery), delivery.attempt])).toEqual([
      ['1', 2],
      ['4', 1],
    ]);
  });

  test('what a member held that died is counted for the next', async () => {
    const [channel, name, first] = [await channelWith(), group(), cuttable()];
    const one = await member(first.bus, [channel], { group: name });
    await send(bus(), channel, 'deadly');
    await until('it', () => one.got.length === 1);
    first.cut();
    const two = await member(bus(), [channel], { group: name });
    await until('it comes again', () => two.got.length === 1, 30_000);
    expect(two.got[0]).toMatchObject({ attempt: 2 });
  });

  test('a member that comes back goes on where another has left its partition', { timeout: 60_000 }, async () => {
    const [channel, name, away] = [await channelWith(), group(), cuttable()];
    const options = { group: name, ordered: true };
    const absent = await member(away.bus, [channel], options);
    const by = bus();
    for (const body of ['1', '2', '3']) await send(by, channel, body);
    await until('the first', () => absent.got.length === 1);
    away.cut();
    const heir = await member(by, [channel], { ...options, onDelivery: (delivery) => void settle(delivery) });
    const done: string[] = [];
    const settle = async (delivery: Delivery) => {
      done.push(text(delivery));
      await delivery.ack();
    };
    await until('all', () => done.length === 3, 30_000);
    const before = absent.got.length;
    await heir.subscription.stop(1_000);
    away.mend();
    await send(by, channel, '4');
    await until('the fourth', () => absent.bodies().includes('4'), 30_000);
    // what it had in hand itself it may hand over again: it could not hear that another settled it
    expect(
      absent
        .bodies()
        .slice(before)
        .filter((body) => body !== '1'),
    ).toEqual(['4']);
  });

  test('a partition changes hands when its former member is done with what it has in hand', {
    timeout: 60_000,
  }, async () => {
    const [channel, name, first] = [await channelWith(2), group(), bus()];
    const atWork = new Set<string>();
    const overlapping: string[] = [];
    const done: string[] = [];
    const slowly = async (delivery: Delivery) => {
      const key = String(delivery.key);
      if (atWork.has(key)) overlapping.push(key);
      atWork.add(key);
      // longer than the others wait in silence
      for (let beat = 0; beat < 10; beat += 1) {
        await pause(500);
        await delivery.progress();
      }
      atWork.delete(key);
      done.push(text(delivery));
      await delivery.ack();
    };
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const options = { group: name, ordered: true, onDelivery: (delivery: Delivery) => void slowly(delivery) };
    await member(first, [channel], options);
    // what follows waits in the hands of the first member
    for (const body of ['1', '2']) for (const key of keys) await send(first, channel, key + body, key);
    await until('all at work', () => atWork.size === keys.length);
    await member(bus(), [channel], options);
    await until('everything done', () => new Set(done).size === 2 * keys.length, 35_000);
    await pause(2_000);
    expect(overlapping).toEqual([]);
    // at least once, and each key in order
    expect([...new Set(done)].sort()).toEqual(keys.flatMap((key) => [`${key}1`, `${key}2`]));
    for (const key of keys) expect(done.indexOf(`${key}1`)).toBeLessThan(done.indexOf(`${key}2`));
  });

  test('a silent member loses what it has in hand with the partition, and is handed nothing more of it', async () => {
    const [channel, name, first] = [await channelWith(2), group(), bus()];
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const options = { group: name, ordered: true, ackWaitMs: 6_000 };
    const silent = await member(first, [channel], options);
    for (const body of ['1', '2']) for (const key of keys) await send(first, channel, body, key);
    await until('one of each key', () => silent.got.length === keys.length);
    const heir = await member(bus(), [channel], { ...options, onDelivery: (delivery) => void note(delivery) });
    const got: (readonly [string | undefined, string])[] = [];
    const note = async (delivery: Delivery) => {
      got.push([delivery.key, text(delivery)]);
      await delivery.ack();
    };
    await until('what it lost', () => got.length > 0);
    await pause(3_000);
    const moved = new Set(got.map(([key]) => key));
    for (const key of moved) {
      expect(got.filter(([of]) => of === key).map(([, body]) => body)).toEqual(['1', '2']);
      expect(silent.got.filter((delivery) => delivery.key === key).map(text)).toEqual(['1']);
    }
    await heir.subscription.stop(0);
  });

  test('an event that waits for its next attempt keeps nothing else back', async () => {
    const [channel, name, first] = [await channelWith(), group(), bus()];
    const one = await member(first, [channel], {
      group: name,
      ordered: true,
      onDelivery: (delivery) => void (text(delivery) === 'slow' ? delivery.nak(60_000) : delivery.ack()),
    });
    await send(first, channel, 'slow', 'slow');
    for (let index = 0; index < 50; index += 1) await send(first, channel, String(index), 'quick');
    await until('one left', async () => {
      const { pending, inFlight } = await first.backlog(name, [channel]);
      return pending + inFlight === 1;
    });
    await one.subscription.stop(0);
    const two = await member(first, [channel], { group: name, ordered: true });
    await until('it comes', () => two.got.length === 1);
    await pause(300);
    expect(two.bodies()).toEqual(['slow']);
  });

  test('records of other programs come as they are', async () => {
    const channel = await channelWith();
    const producer = new Kafka({ brokers: [mock!.address], logLevel: logLevel.NOTHING }).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({
      topic: channel.stream,
      messages: [
        { key: 'k1', value: '{"a":1}', headers: { trace: ['x', 'y'] } },
        { key: null, value: null },
      ],
    });
    await producer.disconnect();
    const alone = await member(bus(), [channel], { group: group() });
    await until('both', () => alone.got.length === 2);
    expect(alone.got[0]).toMatchObject({ subject: channel.subject, id: undefined, key: 'k1', headers: { trace: 'y' } });
    expect(alone.bodies()).toEqual(['{"a":1}', '']);
    const beside = { subject: 'another.subject', address: 'another.subject', stream: channel.stream };
    const several = await member(bus(), [channel, beside], { group: group() });
    await until('both', () => several.got.length === 2);
    expect(several.got[0]).toMatchObject({ subject: undefined, address: channel.stream });
  });

  test('members of one group may read different topics while a service is rolled out', async () => {
    const [old, added] = [await channelWith(3), await channelWith(3)];
    const [name, first] = [group(), bus()];
    const settle = { group: name, onDelivery: (delivery: Delivery) => void delivery.ack() };
    const got: string[] = [];
    const note = (delivery: Delivery) => {
      got.push(text(delivery));
      void delivery.ack();
    };
    await member(first, [old], { ...settle, onDelivery: note });
    await member(bus(), [old, added], { ...settle, onDelivery: note });
    for (let index = 0; index < 12; index += 1) {
      await send(first, old, `old${index}`, String(index));
      await send(first, added, `added${index}`, String(index));
    }
    await until('all', () => new Set(got).size === 24, 20_000);
  });
});
