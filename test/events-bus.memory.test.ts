/** The memory bus keeps the contract of every bus, and what it adds for tests. */
import { expect, test } from 'vitest';
import { memoryBroker, memoryBus } from '../src/events/memory/index.ts';
import { busContract } from './events-bus.contract.ts';

const broker = memoryBroker({ makesStreams: false });

busContract({
  name: 'memory',
  connect: () => broker.connect(),
  ackWaitMs: 300,
  async outage() {
    broker.setReachable(false);
    return async () => broker.setReachable(true);
  },
});

const channel = { subject: 'session.created', address: 'session.created', stream: 'EVT_SESSION' };
const message = (id: string, body: unknown) => ({
  channel,
  id,
  key: 'k',
  body: new TextEncoder().encode(JSON.stringify(body)),
  headers: {},
});

test('a memory bus shows a test what was published, by subject', async () => {
  const bus = memoryBus();
  await bus.publish(message('1', { n: 1 }), { timeoutMs: 1_000 });
  await bus.publish(message('2', { n: 2 }), { timeoutMs: 1_000 });
  expect(bus.eventsOfType('session.created')).toEqual([{ n: 1 }, { n: 2 }]);
  expect(bus.eventsOfType('session.archived')).toEqual([]);
});

test('a memory bus delivers a message once more when a test asks', async () => {
  const bus = memoryBus();
  const ids: (string | undefined)[] = [];
  await bus.publish(message('1', {}), { timeoutMs: 1_000 });
  await bus.subscribe({
    group: 'g',
    channels: [channel],
    ordered: true,
    start: 'earliest',
    maxInFlight: 10,
    ackWaitMs: 1_000,
    onError: () => {},
    onDelivery: (delivery) => {
      ids.push(delivery.id);
      void delivery.ack();
    },
  });
  await expect.poll(() => ids).toEqual(['1']);
  bus.redeliver('1');
  await expect.poll(() => ids).toEqual(['1', '1']);
});

test('what becomes due while a memory bus looks for what is due is delivered', async () => {
  let clock = 1_000;
  // time goes on with every look at it
  const bus = memoryBus({ now: () => clock++ });
  const attempts: number[] = [];
  const delivered = new Promise<void>((resolve) => {
    void bus.subscribe({
      group: 'g',
      channels: [channel],
      ordered: false,
      start: 'earliest',
      maxInFlight: 1,
      ackWaitMs: 30_000,
      onError: () => {},
      onDelivery(delivery) {
        attempts.push(delivery.attempt ?? 0);
        void (attempts.length < 20 ? delivery.nak(attempts.length) : delivery.ack().then(resolve));
      },
    });
  });
  await bus.publish(message('1', {}), { timeoutMs: 1_000 });
  await delivered;
  expect(attempts).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  await bus.close();
});
