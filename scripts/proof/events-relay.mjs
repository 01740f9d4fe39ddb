/** One relay of a service, until it is killed: `node events-relay.mjs DATABASE_URL SCHEMA REDIS_URL LIST_PREFIX`. */
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { createEvents, EventFault, sqlStore } from '../../dist/events/index.js';
import { client } from '../parts/events-service.mjs';
import { endWithParent } from '../parts/workers.mjs';

const [databaseUrl, schema, redisUrl, prefix] = process.argv.slice(2);
endWithParent();
const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
redis.on('error', () => {});

/** The least of a bus: a list for each key, written and never read here. */
const bus = {
  kind: 'redis-lists',
  async publish({ key, body }) {
    const { payload } = JSON.parse(body.toString());
    // now and then the broker is slow, or its answer is lost after it has stored the event
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    try {
      await redis.rpush(`${prefix}${key}`, payload.new_title);
    } catch (cause) {
      throw new EventFault('BUS_UNREACHABLE', {}, { cause });
    }
    if (Math.random() < 0.02) throw new EventFault('BUS_TIMEOUT');
    return { duplicate: false };
  },
  close: async () => redis.disconnect(),
};

const sql = postgres(databaseUrl, { max: 3, onnotice: () => {} });
const store = sqlStore(sql, { schema });
const events = createEvents({ catalog: 'choice-sherpa', service: 'session', client: client(), bus, store });
events.relay({ backoff: { firstMs: 5, maxMs: 100 }, maxPollMs: 50, batch: 50 }).start();
process.stdout.write('relays\n');
