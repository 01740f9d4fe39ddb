/**
 * The address of a broker that leads to something else: a wrong port, or another program that got the address while the broker was
 * away. Whatever that says, what was asked is refused, and the process goes on: a fault that nobody catches fails this file.
 */
import { once } from 'node:events';
import { createServer as httpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import type { Bus } from '../src/events/bus.ts';
import { busOf } from '../src/events/index.ts';

const opened: { close(): unknown }[] = [];

afterAll(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

const says = (bytes: Buffer) =>
  createServer((socket) => {
    socket.on('error', () => {});
    socket.write(bytes);
  });

const strangers: Readonly<Record<string, () => Server>> = {
  'a web server': () => httpServer((_request, response) => void response.end('no')),
  'a mail server': () => says(Buffer.from('220 mail.example.org ESMTP\r\n')),
  zeros: () => says(Buffer.alloc(4_096, 0)),
  'the largest lengths': () => says(Buffer.alloc(4_096, 0xff)),
  'a length of 2 GiB less one': () => says(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])),
};

/** KafkaJS asks twice, 10 s each, where bytes are missing that were announced: that is left out. */
const cases = ['amqp://guest:guest@', 'nats://', 'redis://', 'kafka://'].flatMap((scheme) =>
  Object.keys(strangers)
    .filter((name) => scheme !== 'kafka://' || !['a mail server', 'a length of 2 GiB less one'].includes(name))
    .map((name) => [scheme, name] as const),
);
const channel = { subject: 'orders.placed', address: 'orders.placed', stream: 'orders' };

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({ close: () => server.close() });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function connected(url: string): Promise<Bus> {
  const bus = await busOf(url);
  opened.push(bus);
  return bus;
}

test.concurrent.each(cases)('%s refuses %s', { timeout: 60_000 }, async (scheme, name) => {
  const bus = await connected(`${scheme}${await listening(strangers[name]!())}`);
  await expect(bus.ensure([channel])).rejects.toMatchObject({ code: 'BUS_UNREACHABLE' });
});
