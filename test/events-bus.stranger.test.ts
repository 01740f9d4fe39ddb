/**
 * The address of a broker that leads to something else: a wrong port, or another program that got the address while the broker was
 * away. Whatever that says, what was asked is refused, and the process goes on: a fault that nobody catches fails this file.
 */
import { afterAll, expect, test } from 'vitest';
import { busOf } from '../src/events/index.ts';
import { allStrangers, plainStrangers, stranger } from './support/strangers.ts';

const opened: { close(): unknown }[] = [];

afterAll(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

const cases = [
  ...['amqp://guest:guest@', 'nats://', 'redis://'].flatMap((scheme) =>
    allStrangers.map((name) => [scheme, name] as const),
  ),
  ...plainStrangers.map((name) => ['kafka://', name] as const),
];
const channel = { subject: 'orders.placed', address: 'orders.placed', stream: 'orders' };

test.concurrent.each(cases)('%s refuses %s', { timeout: 60_000 }, async (scheme, name) => {
  const server = await stranger(name);
  const bus = await busOf(`${scheme}${server.address}`);
  opened.push(server, bus);
  await expect(bus.ensure([channel])).rejects.toMatchObject({ code: 'BUS_UNREACHABLE' });
});
