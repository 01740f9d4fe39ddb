/** A producer and two groups that read all it publishes, one that handles it and one that never does, counted for Prometheus. */
import * as prometheus from 'prom-client';
import { createEvents, prometheusMetrics, type RunningConsumer, type SqlStore } from '../../src/events/index.ts';
import { memoryBus } from '../../src/events/memory/index.ts';
import { pinnedClient, type SherpaEvents } from './events.ts';

export async function countedGroups(store: SqlStore) {
  const register = new prometheus.Registry();
  const running: RunningConsumer[] = [];
  const metrics = prometheusMetrics(prometheus, { register, store, consumers: () => running });
  const client = await pinnedClient('choice-sherpa', ['session.created']);
  const bus = memoryBus();
  const make = (service: string) =>
    createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service, client, bus, store, metrics });
  const [producer, reader] = [make('session'), make('dashboard')];
  const retry = { firstMs: 1, maxMs: 1, maxAttempts: 2 };
  running.push(
    await reader
      .consumer('good', { retry })
      .on('session.created', () => {})
      .start(),
    await reader
      .consumer('bad', { retry })
      .on('session.created', () => Promise.reject(new Error('no')))
      .start(),
  );
  const close = async () => void (await Promise.all([producer.close(), reader.close()]));
  return { register, bus, producer, close };
}
