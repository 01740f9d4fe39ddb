/** NATS JetStream keeps the contract of every bus, on the server of NATS_URL. */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, describe } from 'vitest';
import { natsBus } from '../src/events/nats/index.ts';
import { busContract } from './events-bus.contract.ts';
import { proxyTo } from './support/proxy.ts';
import { natsUrl } from './support/servers.ts';

const url = natsUrl();
const proxy = url === undefined ? undefined : await proxyTo(url);
afterAll(() => proxy?.close());

describe.skipIf(url === undefined)('on the server of NATS_URL', () => {
  busContract({
    name: 'nats',
    connect: () => natsBus({ url: proxy!.url }),
    outage: async () => proxy!.cut(),
    async vanishing() {
      const way = await proxyTo(url!);
      return { bus: natsBus({ url: way.url }), vanish: () => void way.cut() };
    },
    async cleanUp(channels) {
      const nc = await connect({ servers: url! });
      const jsm = await jetstreamManager(nc);
      for (const stream of new Set(channels.map((channel) => channel.stream)))
        await jsm.streams.delete(stream).catch(() => {});
      await nc.close();
    },
  });
});
