/**
 * What delivery by contract costs, as ratios of one run: `npm run bench:events -- [--events 5000] [--rounds 3]`. A business
 * transaction beside the same with `add`; the ordered relay beside raw pipelined publishing; a publication with contract beside the
 * bare one; the inbox in batches beside a bare consumer. Needs DATABASE_URL and REDIS_URL; the broker is a Redis stream.
 */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { createEvents, sqlStore } from '../../dist/events/index.js';
import { memoryBroker } from '../../dist/events/memory/index.js';
import { client, payload, subject } from '../parts/events-service.mjs';
import { machine, median, option, table } from '../parts/figures.mjs';

const count = Number(option('events', 5_000));
const rounds = Number(option('rounds', 3));
const { DATABASE_URL, REDIS_URL } = process.env;
if (!DATABASE_URL || !REDIS_URL) throw new Error('DATABASE_URL and REDIS_URL are needed');

const schema = `bench_${randomUUID().slice(0, 8)}`;
const sql = postgres(DATABASE_URL, { max: 16, onnotice: () => {} });
const redis = new Redis(REDIS_URL, { enableAutoPipelining: true });
const store = sqlStore(sql, { schema });
await store.migrate();
await sql.unsafe(`create table "${schema}".account (id int primary key, balance int not null)`);
await sql.unsafe(`insert into "${schema}".account select id, 0 from generate_series(0, 999) id`);
const stream = `${schema}:stream`;
const bus = {
  kind: 'redis',
  limits: async () => ({ maxBodyBytes: 1_048_576, deduplicationMs: 0, canRead: false }),
  async publish({ id, key, body }) {
    await redis.xadd(stream, 'MAXLEN', '~', 100_000, '*', 'id', id, 'key', key, 'body', body);
    return { duplicate: false };
  },
  close: async () => {},
};
const contracts = client();
const events = createEvents({ catalog: 'choice-sherpa', service: 'session', client: contracts, bus, store });
const title = 'x'.repeat(700);
const event = (index) => ({ ...payload(`key-${index % 1_000}`, index), old_title: title });

/** Runs `one` for each index with so many at a time; answers how many a second. */
async function rate(total, width, one) {
  let next = 0;
  const began = performance.now();
  const worker = async () => {
    while (next < total) await one(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return (total * 1_000) / (performance.now() - began);
}

const business = (tx, index) =>
  tx.unsafe(`update "${schema}".account set balance = balance + 1 where id = $1`, [index % 1_000]);
const plain = () => rate(count, 8, (index) => sql.begin((tx) => business(tx, index)));
const adding = () =>
  rate(count, 8, (index) =>
    sql.begin(async (tx) => {
      await business(tx, index);
      await events.add(tx, subject, event(index));
    }),
  );

async function relaying() {
  const { count: waiting } = await store.outbox.pending(store.db);
  const began = performance.now();
  const relay = events.relay();
  const published = await relay.drain();
  if (published !== waiting) throw new Error(`published ${published} of ${waiting}`);
  return (published * 1_000) / (performance.now() - began);
}

const body = Buffer.from(JSON.stringify({ payload: event(1) }));
const raw = () => rate(count, 128, (index) => bus.publish({ id: String(index), key: 'k', body }));
const publishing = () => rate(count, 128, (index) => events.publish(subject, event(index)));

async function consuming(handle) {
  const broker = memoryBroker({ deduplicationMs: 0 });
  const source = createEvents({
    catalog: 'choice-sherpa',
    service: 'session',
    client: contracts,
    bus: broker.connect(),
  });
  for (let index = 0; index < count; index += 1) await source.publish(subject, event(index));
  return handle(broker);
}

const bare = () =>
  consuming(async (broker) => {
    const reader = broker.connect();
    const { channel } = broker.published()[0];
    let settled = 0;
    const began = performance.now();
    await new Promise((resolve) => {
      void reader.subscribe({
        group: 'bare',
        channels: [channel],
        ordered: false,
        start: 'earliest',
        maxInFlight: 500,
        ackWaitMs: 60_000,
        onError: () => {},
        onDelivery: (delivery) => {
          JSON.parse(delivery.body.toString());
          void delivery.ack();
          settled += 1;
          if (settled === count) resolve();
        },
      });
    });
    return (count * 1_000) / (performance.now() - began);
  });

const inbox = () =>
  consuming(async (broker) => {
    const reader = createEvents({
      catalog: 'choice-sherpa',
      service: 'dashboard',
      client: contracts,
      bus: broker.connect(),
      store,
    });
    let handled = 0;
    const began = performance.now();
    await new Promise((resolve) => {
      void reader
        .consumer(`inbox-${randomUUID()}`, { ordered: false, batch: 200, concurrency: 4 })
        .on(subject, () => {
          handled += 1;
          if (handled === count) resolve();
        })
        .start();
    });
    const figure = (count * 1_000) / (performance.now() - began);
    await reader.close();
    return figure;
  });

const measured = { plain: [], adding: [], raw: [], relaying: [], publishing: [], bare: [], inbox: [] };
const runs = { plain, adding, raw, relaying, publishing, bare, inbox };
for (let round = 0; round < rounds; round += 1)
  for (const [name, run] of Object.entries(runs)) measured[name].push(await run());

const per = (name) => median(measured[name]);
const row = (what, over, under, target) => [
  what,
  `${Math.round(per(over))}/s`,
  `${Math.round(per(under))}/s`,
  (per(over) / per(under)).toFixed(2),
  target,
];
process.stdout.write(
  `${machine()}\n\n${table(
    ['what', 'with contract', 'without', 'ratio', 'wanted'],
    [
      row('business transaction with add', 'adding', 'plain', '≥ 0.75'),
      row('ordered relay, beside raw pipelined publishing', 'relaying', 'raw', '≥ 0.6'),
      row('publish, contract included', 'publishing', 'raw', '≥ 0.85'),
      row('consume with inbox in batches, beside bare consume and ack', 'inbox', 'bare', '≥ 0.5'),
    ],
  )}\n`,
);
await sql.unsafe(`drop schema "${schema}" cascade`);
await redis.del(stream);
await Promise.all([sql.end(), redis.quit()]);
process.exit(0);
