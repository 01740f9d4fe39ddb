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
