/**
 * A service's processes killed at random, on a store and a bus: `node scripts/proof/events-kill-bus.mjs [--store postgres|pglite]
 * [--bus nats|redis|rabbitmq|kafka] [--kills 200] [--keys 10] [--every 700] [--within 3600]`. On PostgreSQL two relays and two consumers are
 * killed and replaced while this process commits; on PGlite one process commits, relays and consumes on a folder, and is started
 * again on it. Then every committed event must have had its effect exactly once, those of each key in the order of their commits.
 * NATS, Redis and librdkafka's Kafka are servers of its own, RabbitMQ the one of AMQP_URL; PostgreSQL is that of DATABASE_URL.
 */
import { randomUUID } from 'node:crypto';
import { Connection } from 'rabbitmq-client';
import { busOf } from '../../dist/events/index.js';
import { brokerOf } from '../parts/brokers.mjs';
import { subject } from '../parts/events-service.mjs';
import { option } from '../parts/figures.mjs';
import { boundBy } from '../parts/workers.mjs';
import { onPglite } from './events-kill-pglite.mjs';
import { onPostgres } from './events-kill-postgres.mjs';

const kind = option('bus', 'nats');
const kept = option('store', 'postgres');
const kills = Number(option('kills', 200));
const keys = Array.from({ length: Number(option('keys', 10)) }, (_, index) => `key-${index}`);
const everyMs = Number(option('every', 700));
boundBy(Number(option('within', 3_600)));

const stream = `kill_${randomUUID().slice(0, 8)}`;
const broker = kind === 'rabbitmq' ? rabbit(process.env.AMQP_URL) : await brokerOf(kind);
await broker.make?.([subject]);
const run = kept === 'pglite' ? onPglite : onPostgres;
const started = Date.now();
const { committed, inDoubt, effects, parked, processes } = await run({
  kills,
  keys,
  everyMs,
  stream,
  url: broker.url,
  bus: await busOf(broker.url),
});
let lost = 0;
let twice = 0;
let disordered = 0;
let strange = 0;
for (const key of keys) {
  const marks = effects.filter((row) => row.key === key).map(({ mark }) => mark);
  const wanted = committed.get(key);
  lost += wanted.filter((mark) => !marks.includes(mark)).length;
  twice += marks.length - new Set(marks).size;
  strange += marks.filter((mark) => !wanted.includes(mark) && !inDoubt.has(mark)).length;
  const there = wanted.filter((mark) => marks.includes(mark));
  disordered += [...new Set(marks)]
    .filter((mark) => wanted.includes(mark))
    .filter((mark, at) => there[at] !== mark).length;
}
const total = [...committed.values()].reduce((sum, marks) => sum + marks.length, 0);
const minutes = ((Date.now() - started) / 60_000).toFixed(1);
process.stdout.write(
  `${kept} × ${kind}, ${kills} kills of ${processes}: ${total} events committed, ${inDoubt.size} in doubt; lost ${lost}, never committed ${strange}, effects twice ${twice}, out of order ${disordered}, parked ${parked}; ${minutes} min\n`,
);
await broker.end();
const holds = lost + strange + twice + disordered + parked === 0 && total > 0;
process.stdout.write(holds ? 'Holds.\n' : 'Does not hold.\n');
process.exit(holds ? 0 : 1);

function rabbit(url) {
  if (!url) throw new Error('AMQP_URL is needed');
  return {
    url,
    async end() {
      const connection = new Connection(url);
      for (const queue of [stream, `${stream}.history`, `${stream}.log`, `${stream}.groups`])
        await connection.queueDelete({ queue });
      await connection.exchangeDelete({ exchange: stream });
      await connection.close();
    },
  };
}
