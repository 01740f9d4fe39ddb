/**
 * What every bus must do, run unchanged against each adapter. An adapter's test file calls `busContract` with a way to connect.
 * Names of streams, groups and addresses are new in every test, so that a real broker can be used again and again.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type {
  Bus,
  Channel,
  Delivery,
  Message,
  StoredMessage,
  SubscribeOptions,
  Subscription,
} from '../src/events/bus.ts';
import { EventFault } from '../src/events/error.ts';

export interface BusHarness {
  readonly name: string;
  /** A new connection to the same broker. The suite closes it. */
  connect(): Bus | Promise<Bus>;
  /** Cuts the connections of every bus and keeps the broker away; the answer brings it back. Undefined: not tried here. */
  readonly outage?: () => Promise<() => Promise<void>>;
  /** A bus whose connection can be cut for good, as when its process is killed. Undefined: not tried here. */
  readonly vanishing?: () => Promise<{ readonly bus: Bus; vanish(): void }>;
  /** Removes the streams of these channels after a test. */
  readonly cleanUp?: (channels: readonly Channel[]) => Promise<void>;
  /** The shortest time after which the broker gives an unsettled message to somebody else. Default 1000. */
  readonly ackWaitMs?: number;
  /** How late a delivery may be. Default 5000. */
  readonly lateMs?: number;
  /** Members wait for seconds before they join: tests go side by side. */
  readonly joinsSlowly?: boolean;
}

const text = (body: Uint8Array) => new TextDecoder().decode(body);
const bytes = (body: string) => new TextEncoder().encode(body);

export function busContract(harness: BusHarness): void {
  const lateMs = harness.lateMs ?? 5_000;
  const ackWaitMs = harness.ackWaitMs ?? 1_000;

  const isConcurrent = harness.joinsSlowly ?? false;

  describe(`the ${harness.name} bus`, { timeout: 60_000, concurrent: isConcurrent }, () => {
    const opened: Bus[] = [];
    const used: Channel[] = [];

    // side by side, one test cannot tell what the others still need
    (isConcurrent ? afterAll : afterEach)(async () => {
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
      await harness.cleanUp?.(used.splice(0));
    });

    async function connected(): Promise<Bus> {
      const bus = await harness.connect();
      opened.push(bus);
      return bus;
    }

    function channels(...names: readonly string[]): readonly [Channel, ...Channel[]] {
      const unique = `t${randomUUID().replaceAll('-', '').slice(0, 12)}`;
      const made = (names.length === 0 ? ['happened'] : names).map((name) => ({
        subject: `${unique}.${name}`,
        address: `${unique}.${name}`,
        stream: `${unique.toUpperCase()}`,
        retentionMs: 86_400_000,
      }));
      used.push(...made);
      const [first, ...rest] = made;
      return [first!, ...rest];
    }

    const message = (channel: Channel, body: string, more: Partial<Message> = {}): Message => ({
      channel,
      id: randomUUID(),
      key: 'k',
      body: bytes(body),
      headers: {},
      ...more,
    });

    const send = (bus: Bus, sent: Message) => bus.publish(sent, { timeoutMs: 5_000 });

    /** Collects what a member is given; `answer` settles it, by default with ack. */
    async function listen(
      bus: Bus,
      listened: readonly Channel[],
      options: Partial<SubscribeOptions> = {},
      answer: (delivery: Delivery) => unknown = (delivery) => delivery.ack(),
    ): Promise<{ got: Delivery[]; subscription: Subscription }> {
      const got: Delivery[] = [];
      const subscription = await bus.subscribe({
        group: `g-${randomUUID().slice(0, 8)}`,
        channels: listened,
        ordered: false,
        start: 'earliest',
        maxInFlight: 100,
        ackWaitMs: 30_000,
        onError: () => {},
        ...options,
        onDelivery(delivery) {
          got.push(delivery);
          void answer(delivery);
        },
      });
      return { got, subscription };
    }

    async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = lateMs): Promise<void> {
      const end = Date.now() + withinMs;
      while (!(await holds())) {
        if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
        await pause(10);
      }
    }

    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const bodies = (got: readonly StoredMessage[]) => got.map(({ body }) => text(body));

    async function all(reading: AsyncIterable<StoredMessage>): Promise<readonly StoredMessage[]> {
      const found: StoredMessage[] = [];
      for await (const stored of reading) found.push(stored);
      return found;
    }

    test('delivers a message as it was published: body, key, id, headers, subject', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      const body = new Uint8Array([0, 255, 10, 13, 128, 0]);
      const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'x-note': 'a b' };
      const sent = message(channel, '', { body, headers, key: 'a key: with/signs' });
      const before = Date.now();
      await send(bus, sent);
      const { got } = await listen(bus, [channel]);
      await until('the message', () => got.length === 1);
      const [first] = got;
      expect([...first!.body]).toEqual([...body]);
      expect(first).toMatchObject({ id: sent.id, key: sent.key, headers, ...address(channel) });
      expect(Object.keys(first!.headers).sort()).toEqual(['traceparent', 'x-note']);
      expect(Math.abs(first!.storedAt - before)).toBeLessThan(60_000);
      expect(first!.position).not.toBe('');
      expect([undefined, 1]).toContain(first!.attempt);
    });

    const address = ({ subject, address: called }: Channel) => ({ subject, address: called });

    test('gives a new group what was stored before it, or only what comes after, as asked', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      await send(bus, message(channel, 'before'));
      const early = await listen(bus, [channel]);
      const late = await listen(bus, [channel], { start: 'new' });
      await send(bus, message(channel, 'after'));
      await until('both', () => early.got.length === 2 && late.got.length === 1);
      expect([bodies(early.got), bodies(late.got)]).toEqual([['before', 'after'], ['after']]);
    });

    test('gives a new group what was stored from a time on', async () => {
      const bus = await connected();
      if (!(await bus.limits()).canRead) return;
      const [channel] = channels();
      await bus.ensure([channel]);
      await send(bus, message(channel, 'old'));
      const [old] = await all(bus.read({ channels: [channel], from: 'earliest' }));
      await pause(20);
      await send(bus, message(channel, 'new'));
      const { got } = await listen(bus, [channel], { start: { time: old!.storedAt + 5 } });
      await until('the newer one', () => got.length >= 1);
      await pause(200);
      expect(bodies(got)).toEqual(['new']);
    });

    test('remembers what a group settled after its members are gone', async () => {
      const group = `g-${randomUUID().slice(0, 8)}`;
      const first = await connected();
      const [channel] = channels();
      await first.ensure([channel]);
      await send(first, message(channel, '1'));
      const one = await listen(first, [channel], { group });
      await until('the first', () => one.got.length === 1);
      await one.subscription.stop(2_000);
      await first.close();
      const second = await connected();
      await send(second, message(channel, '2'));
      const two = await listen(second, [channel], { group });
      await until('the second', () => two.got.length === 1);
      await pause(200);
      expect(bodies(two.got)).toEqual(['2']);
    });

    test('gives every group every message, and the members of one group each a part', async () => {
      const [a, b] = [await connected(), await connected()];
      const [channel] = channels();
      await a.ensure([channel]);
      const group = `g-${randomUUID().slice(0, 8)}`;
      const slowly = async (delivery: Delivery) => {
        await pause(5);
        await delivery.ack();
      };
      const left = await listen(a, [channel], { group, maxInFlight: 2 }, slowly);
      const right = await listen(b, [channel], { group, maxInFlight: 2 }, slowly);
      const other = await listen(b, [channel]);
      const sent = Array.from({ length: 60 }, (_, index) => String(index));
      for (const body of sent) await send(a, message(channel, body, { key: body }));
      await until('all', () => left.got.length + right.got.length >= 60 && other.got.length >= 60);
      expect([...bodies(left.got), ...bodies(right.got)].sort()).toEqual([...sent].sort());
      expect(bodies(other.got).sort()).toEqual([...sent].sort());
      expect(Math.min(left.got.length, right.got.length)).toBeGreaterThan(0);
    });

    test('delivers only the channels of the group', async () => {
      const bus = await connected();
      const [wanted, unwanted, also] = channels('wanted', 'unwanted', 'also');
      await bus.ensure([wanted, unwanted!, also!]);
      const { got } = await listen(bus, [wanted, also!]);
      await send(bus, message(unwanted!, 'no'));
      await send(bus, message(wanted, 'yes'));
      await send(bus, message(also!, 'too'));
      await until('two', () => got.length === 2);
      await pause(100);
      expect(got.map(({ subject, body }) => [subject, text(body)]).sort()).toEqual(
        [
          [wanted.subject, 'yes'],
          [also!.subject, 'too'],
        ].sort(),
      );
    });

    test('stores an id once within its window, and says so', async () => {
      const bus = await connected();
      if ((await bus.limits()).deduplicationMs === 0) return;
      const [channel] = channels();
      await bus.ensure([channel]);
      const sent = message(channel, 'once');
      expect(await send(bus, sent)).toEqual({ duplicate: false });
      expect(await send(bus, sent)).toEqual({ duplicate: true });
      const { got } = await listen(bus, [channel]);
      await until('it', () => got.length >= 1);
      await pause(200);
      expect(bodies(got)).toEqual(['once']);
    });

    test('delivers again what was given back, no sooner than asked, counting', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      const times: number[] = [];
      const { got } = await listen(bus, [channel], {}, (delivery) => {
        times.push(Date.now());
        return times.length < 3 ? delivery.nak(300) : delivery.ack();
      });
      await send(bus, message(channel, 'again'));
      await until('three deliveries', () => got.length === 3);
      expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(290);
      expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(290);
      const counted = got.map(({ attempt }) => attempt);
      if (counted[0] !== undefined) expect(counted).toEqual([1, 2, 3]);
      await pause(500);
      expect(got.length).toBe(3);
    });

    test('delivers again what nobody settled in time, and not while it is worked on', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      await send(bus, message(channel, 'slow'));
      const group = `g-${randomUUID().slice(0, 8)}`;
      const beating = await listen(bus, [channel], { group, ackWaitMs }, async (delivery) => {
        for (let beat = 0; beat < 8; beat += 1) {
          await pause(ackWaitMs / 3);
          await delivery.progress();
        }
        // then falls silent
      });
      await until('a delivery', () => beating.got.length === 1);
      await pause(ackWaitMs * 2);
      expect(beating.got.length).toBe(1);
      await until('another one', () => beating.got.length >= 2, ackWaitMs * 6 + lateMs);
    });

    test('delivers again to another member what a closed one held', async () => {
      const [gone, stays] = [await connected(), await connected()];
      const [channel] = channels();
      await gone.ensure([channel]);
      const group = `g-${randomUUID().slice(0, 8)}`;
      await send(gone, message(channel, 'held'));
      const first = await listen(gone, [channel], { group, ackWaitMs }, () => {});
      await until('it is held', () => first.got.length === 1);
      await gone.close();
      const second = await listen(stays, [channel], { group, ackWaitMs });
      await until('it comes again', () => second.got.length === 1, ackWaitMs * 3 + lateMs);
      expect(bodies(second.got)).toEqual(['held']);
    });

    test('holds no more at once than asked', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      let held = 0;
      let highest = 0;
      const { got } = await listen(bus, [channel], { maxInFlight: 3 }, async (delivery) => {
        held += 1;
        highest = Math.max(highest, held);
        await pause(10);
        held -= 1;
        await delivery.ack();
      });
      for (let index = 0; index < 20; index += 1) await send(bus, message(channel, String(index), { key: `${index}` }));
      await until('all', () => got.length === 20);
      expect(highest).toBeLessThanOrEqual(3);
      expect(highest).toBeGreaterThan(1);
    });

    test('keeps the order of each key in an ordered group, with two members and messages given back', async () => {
      const [a, b] = [await connected(), await connected()];
      const [channel] = channels();
      await a.ensure([channel]);
      const group = `g-${randomUUID().slice(0, 8)}`;
      const keys = ['red', 'green', 'blue'];
      const seen = new Map<string, string[]>(keys.map((key) => [key, []]));
      const held = new Set<string>();
      const overlapping: string[] = [];
      const fickle = async (delivery: Delivery) => {
        const key = delivery.key ?? '';
        if (held.has(key)) overlapping.push(key);
        held.add(key);
        await pause(3);
        held.delete(key);
        if (Math.random() < 0.2) return delivery.nak(20);
        seen.get(key)?.push(text(delivery.body));
        return delivery.ack();
      };
      const options = { group, ordered: true, maxInFlight: 10 };
      await listen(a, [channel], options, fickle);
      await listen(b, [channel], options, fickle);
      const each = Array.from({ length: 15 }, (_, index) => String(index));
      for (const body of each) for (const key of keys) await send(a, message(channel, body, { key }));
      await until('all', () => [...seen.values()].every((of) => of.length >= each.length), lateMs * 4);
      expect(overlapping).toEqual([]);
      for (const key of keys) expect([key, seen.get(key)]).toEqual([key, each]);
    });

    test.skipIf(harness.vanishing === undefined)(
      'keeps the order of a key though a member vanishes with messages in its hands',
      async () => {
        const { bus: gone, vanish } = await harness.vanishing!();
        opened.push(gone);
        const heir = await connected();
        const [channel] = channels();
        await heir.ensure([channel]);
        const group = `g-${randomUUID().slice(0, 8)}`;
        // longer than it takes others to notice: newer messages could come first
        const options = { group, ordered: true, ackWaitMs: 13_000, maxInFlight: 4 };
        const first = await listen(gone, [channel], options, () => {});
        for (const body of ['1', '2', '3']) await send(heir, message(channel, body));
        await until('the first is held', () => first.got.length > 0);
        const second = await listen(heir, [channel], options);
        vanish();
        for (const body of ['4', '5', '6']) await send(heir, message(channel, body));
        await until('all', () => second.got.length >= 6, 40_000);
        expect(new Set(bodies(first.got))).toEqual(new Set(['1']));
        expect(bodies(second.got)).toEqual(['1', '2', '3', '4', '5', '6']);
      },
    );

    test('keeps the order of a key among publications each awaited, for an unordered group of one', async () => {
      const bus = await connected();
      const [one, two] = channels('one', 'two');
      await bus.ensure([one, two!]);
      const sent = Array.from({ length: 30 }, (_, index) => String(index));
      for (const [index, body] of sent.entries()) await send(bus, message(index % 2 ? one : two!, body));
      const { got } = await listen(bus, [one, two!]);
      await until('all', () => got.length === 30);
      expect(bodies(got)).toEqual(sent);
    });

    test('takes many publications at once', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      const sent = Array.from({ length: 500 }, (_, index) => String(index));
      await Promise.all(sent.map((body) => send(bus, message(channel, body, { key: body }))));
      const { got } = await listen(bus, [channel]);
      await until('all', () => got.length === 500, lateMs * 2);
      expect(new Set(bodies(got)).size).toBe(500);
    });

    test('tells how much a group has still to do', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      const group = `g-${randomUUID().slice(0, 8)}`;
      const held: Delivery[] = [];
      const { subscription } = await listen(bus, [channel], { group, maxInFlight: 2 }, (delivery) =>
        held.push(delivery),
      );
      for (let index = 0; index < 5; index += 1) await send(bus, message(channel, String(index), { key: `${index}` }));
      await until('two held', () => held.length === 2);
      const total = async () => {
        const { pending, inFlight } = await bus.backlog(group, [channel]);
        return pending + inFlight;
      };
      await until('five to do', async () => (await total()) === 5);
      for (const delivery of held.splice(0)) await delivery.ack();
      await until('three to do', async () => (await total()) === 3);
      await until('nothing to do', async () => {
        for (const delivery of held.splice(0)) await delivery.ack();
        return (await total()) === 0;
      });
      await subscription.stop(1_000);
    });

    test('names the durable groups that read a channel, members or not, until they are removed', async () => {
      const bus = await connected();
      const [read, unread] = channels('read', 'unread');
      await bus.ensure([read, unread!]);
      const group = `g-${randomUUID().slice(0, 8)}`;
      const { subscription } = await listen(bus, [read], { group });
      await subscription.stop(1_000);
      const names = async (channel: Channel) => (await bus.groupsOf(channel)).map(({ name }) => name);
      expect(await names(read)).toEqual([group]);
      expect(await names(unread!)).toEqual([]);
      await bus.removeGroup(group, [read]);
      expect(await names(read)).toEqual([]);
      await bus.removeGroup(group, [read]);
    });

    test('stops: nothing is delivered after it, what is at work may still be settled', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      const group = `g-${randomUUID().slice(0, 8)}`;
      let finish = () => {};
      const working = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const { got, subscription } = await listen(bus, [channel], { group }, async (delivery) => {
        await working;
        await delivery.ack();
      });
      await send(bus, message(channel, 'at work'));
      await until('it is at work', () => got.length === 1);
      const stopping = subscription.stop(5_000);
      await send(bus, message(channel, 'too late'));
      await pause(300);
      expect(bodies(got)).toEqual(['at work']);
      finish();
      await stopping;
      const next = await listen(bus, [channel], { group });
      await until('the later one', () => next.got.length >= 1);
      await pause(200);
      expect(bodies(next.got)).toEqual(['too late']);
    });

    test('reads what is stored, from the beginning, from a time, up to a time, or the last of each channel', async () => {
      const bus = await connected();
      const [one, two] = channels('one', 'two');
      await bus.ensure([one, two!]);
      if (!(await bus.limits()).canRead) {
        await expect(all(bus.read({ channels: [one], from: 'earliest' }))).rejects.toMatchObject({
          code: 'BUS_UNSUPPORTED',
        });
        return;
      }
      for (const [index, channel] of [one, two!, one].entries()) {
        await send(bus, message(channel, String(index)));
        await pause(20);
      }
      const both = [one, two!];
      const stored = await all(bus.read({ channels: both, from: 'earliest' }));
      expect(bodies(stored)).toEqual(['0', '1', '2']);
      const [, middle] = stored;
      expect(bodies(await all(bus.read({ channels: both, from: { time: middle!.storedAt } })))).toEqual(['1', '2']);
      expect(bodies(await all(bus.read({ channels: both, from: 'earliest', to: middle!.storedAt })))).toEqual(['0']);
      expect(bodies(await all(bus.read({ channels: [one], from: 'earliest' })))).toEqual(['0', '2']);
      expect(bodies(await all(bus.read({ channels: both, from: 'last' }))).sort()).toEqual(['1', '2']);
      expect(await all(bus.read({ channels: both, from: { time: Date.now() + 60_000 } }))).toEqual([]);
    });

    test('refuses a body over its limit before sending it, naming both sizes', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      const { maxBodyBytes } = await bus.limits();
      if (maxBodyBytes > 64 * 1024 * 1024) return;
      const sent = message(channel, '', { body: new Uint8Array(maxBodyBytes + 1) });
      const refused: unknown = await send(bus, sent).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(EventFault);
      expect(refused).toMatchObject({ code: 'MESSAGE_TOO_LARGE', details: { bytes: maxBodyBytes + 1, maxBodyBytes } });
      await send(bus, message(channel, 'still works'));
    });

    test('says which stream is missing, and ensure makes it and leaves what is there alone', async () => {
      const bus = await connected();
      const [channel] = channels();
      const refused: unknown = await bus.verify([channel]).catch((error: unknown) => error);
      // a broker, or a test's bus, that makes streams by itself has none missing
      if (refused !== undefined) {
        expect(refused).toMatchObject({ code: 'STREAM_MISSING', details: { streams: [channel.stream] } });
        await expect(send(bus, message(channel, 'lost'))).rejects.toMatchObject({ code: 'STREAM_MISSING' });
      }
      await bus.ensure([channel]);
      await bus.verify([channel]);
      await send(bus, message(channel, 'kept'));
      await bus.ensure([channel]);
      const { got } = await listen(bus, [channel]);
      await until('it', () => got.length === 1);
      expect(bodies(got)).toEqual(['kept']);
    });

    test('refuses to publish once it is closed', async () => {
      const bus = await connected();
      const [channel] = channels();
      await bus.ensure([channel]);
      await bus.close();
      await expect(send(bus, message(channel, 'late'))).rejects.toMatchObject({ code: 'BUS_CLOSED' });
      await bus.close();
    });

    test.skipIf(harness.outage === undefined)(
      'outlives its broker: says it is away, and goes on when it is back',
      { concurrent: false },
      async () => {
        const bus = await connected();
        const [channel] = channels();
        await bus.ensure([channel]);
        const { got } = await listen(bus, [channel], { ackWaitMs });
        await send(bus, message(channel, 'before'));
        await until('the first', () => got.length === 1);
        const back = await harness.outage!();
        const refused: unknown = await bus
          .publish(message(channel, 'meanwhile'), { timeoutMs: 1_000 })
          .catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(EventFault);
        expect(['outage', 'later']).toContain((refused as EventFault).retry);
        await back();
        await until(
          'it takes messages again',
          () =>
            send(bus, message(channel, 'after')).then(
              () => true,
              () => false,
            ),
          lateMs * 4,
        );
        await until('the last', () => bodies(got).includes('after'), lateMs * 4);
      },
    );
  });
}
