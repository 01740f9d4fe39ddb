/** Brokers that are none, and one that goes away: whoever provisions is told in time, and no connection keeps the program from ending. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apply } from '../src/provision/apply.ts';
import type { Broker } from '../src/provision/broker.ts';
import { brokerOf } from '../src/provision/broker-of.ts';
import { catalogFolder } from './support/catalogs.ts';
import { until } from './support/events.ts';
import { hasNatsServer, natsServer } from './support/nats-server.ts';

describe('what takes connections and says nothing', () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    socket.resume();
  });
  beforeEach(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  });

  it.each(['nats', 'kafka', 'amqp', 'redis'])(
    'is no broker of %s',
    async (scheme) => {
      const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await expect(brokerOf(url, { management: 'none' })).rejects.toMatchObject({
        code: 'BROKER_UNREACHABLE',
        message: expect.stringMatching(/nothing that speaks .* within \d+ s/),
      });
      await until('no connection', () => sockets.size === 0, 10_000);
    },
    40_000,
  );
});

describe.skipIf(!hasNatsServer())('a nats-server that dies in the middle of an apply', () => {
  it('leaves a report of what was done and what was not', async () => {
    const server = await natsServer();
    const broker = await brokerOf(server.url, {});
    let applied = 0;
    const dying: Broker = {
      ...broker,
      async apply(change, wanted) {
        applied += 1;
        if (applied === 12) await server.stop();
        await broker.apply(change, wanted);
      },
    };
    const sources = [await catalogFolder('daarion')];
    const options = { sources, environment: 'staging', prune: false, allowsRisky: false };
    const { plan, outcomes, unread } = await apply(dying, options);
    await broker.close().catch(() => {});
    expect(outcomes).toHaveLength(plan.changes.length);
    const states = new Set(outcomes.map(({ state }) => state));
    expect(outcomes.slice(0, 8).map(({ state }) => state)).toEqual(Array(8).fill('done'));
    expect([...states].filter((state) => !['done', 'failed', 'waiting'].includes(state))).toEqual([]);
    expect(outcomes.at(-1)?.state).not.toBe('done');
    expect(outcomes.filter(({ state }) => state === 'failed').every(({ reason }) => reason !== undefined)).toBe(true);
    expect(unread).toMatch(/does not answer/);
  }, 60_000);
});
