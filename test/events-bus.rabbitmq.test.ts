/** RabbitMQ keeps the contract of every bus, on the server of AMQP_URL. */
import { Connection } from 'rabbitmq-client';
import { afterAll, describe } from 'vitest';
import { rabbitBus } from '../src/events/rabbitmq/index.ts';
import { busContract } from './events-bus.contract.ts';
import { proxyTo } from './support/proxy.ts';
import { amqpUrl } from './support/servers.ts';

const url = amqpUrl();
const proxy = url === undefined ? undefined : await proxyTo(url);
afterAll(() => proxy?.close());

describe.skipIf(url === undefined)('on the server of AMQP_URL', () => {
  busContract({
    name: 'rabbitmq',
    connect: () => rabbitBus({ url: proxy!.url }),
    outage: async () => proxy!.cut(),
    async vanishing() {
      const way = await proxyTo(url!);
      return { bus: rabbitBus({ url: way.url }), vanish: () => void way.cut() };
    },
    async cleanUp(channels) {
      const bus = rabbitBus({ url: url! });
      for (const channel of channels)
        for (const { name } of await bus.groupsOf(channel)) await bus.removeGroup(name, [channel]);
      await bus.close();
      const rabbit = new Connection(url!);
      for (const stream of new Set(channels.map((channel) => channel.stream))) {
        await rabbit.queueDelete({ queue: `${stream}.log` });
        await rabbit.queueDelete({ queue: `${stream}.groups` });
        await rabbit.exchangeDelete({ exchange: stream });
      }
      await rabbit.close();
    },
  });
});
