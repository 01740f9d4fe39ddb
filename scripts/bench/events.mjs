/**
 * What delivery by contract costs, as ratios of one run: `npm run bench:events -- [--events 5000] [--rounds 3]`. A business
 * transaction beside the same with `add`; the ordered relay beside raw pipelined publishing; a publication with contract beside the
 * adapter's own; the inbox in batches beside a bare consumer. Needs DATABASE_URL and NATS_URL: a stream in files.
 */
import { randomUUID } from 'node:crypto';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import postgres from 'postgres';
import { createEvents, sqlStore } from '../../dist/events/index.js';
import { natsBus } from '../../dist/events/nats/index.js';
import { client, payload, subject } from '../parts/events-service.mjs';
import { machine, median, option, table } from '../parts/figures.mjs';

const count = Number(option('events', 5_000));
const rounds = Number(option('rounds', 3));
const { DATABASE_URL, NATS_URL } = process.env;
if (!DATABASE_URL || !NATS_URL) throw new Error('DATABASE_URL and NATS_URL are needed');

const schema = `bench_${randomUUID().slice(0, 8)}`;
const sql = postgres(DATABASE_URL, { max: 16, onnotice: () => {} });
const store = sqlStore(sql, { schema });
await store.migrate();
await sql.unsafe(`create table "${schema}".account (id int primary key, balance int not null)`);
await sql.unsafe(`insert into "${schema}".account select id, 0 from generate_series(0, 999) id`);
const bus = natsBus({ url: NATS_URL });
const nc = await connect({ servers: NATS_URL });
const js = jetstream(nc);
const contracts = client(schema);
const events = createEvents({ catalog: 'choice-sherpa', service: 'session', client: contracts, bus, store });
await events.ensure([subject]);
const channel = { subject, address: `${schema}.${subject}`, stream: schema };
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
const timeoutMs = 10_000;
const raw = () =>
  rate(count, 128, () => js.publish(channel.address, body, { msgID: randomUUID(), timeout: timeoutMs }));
const bare = () => rate(count, 128, (index) => bus.publish(messageOf(index), { timeoutMs }));
const publishing = () => rate(count, 128, (index) => events.publish(subject, event(index)));
/** What somebody without contracts writes: an envelope by hand, as text. */
const messageOf = (index) => {
  const id = randomUUID();
  const whole = { event_id: id, event_type: subject, occurred_at: new Date().toISOString(), payload: event(index) };
  return { channel, id, key: `key-${index % 1_000}`, body: Buffer.from(JSON.stringify(whole)), headers: {} };
};

/** Validation by itself: of payload and envelope, as each publication does it. */
async function validating() {
  const rules = await contracts.rules('choice-sherpa', subject);
  let stated;
  for await (const message of bus.read({ channels: [channel], from: 'last' })) stated = message;
  const whole = JSON.parse(Buffer.from(stated.body).toString());
  return rate(count * 4, 1, () => {
    if (rules.payload(whole.payload).length + rules.envelope(whole).length > 0) throw new Error('it is valid');
  });
}

/** So many events on the stream and nothing else; each group begins at the first. */
async function stored() {
  const jsm = await jetstreamManager(nc);
  await jsm.streams.purge(schema);
  await publishing();
}

async function acknowledging() {
  await stored();
  let settled = 0;
  const began = performance.now();
  const subscription = await new Promise((resolve) => {
    const subscribing = bus.subscribe({
      group: `bare-${randomUUID()}`,
      channels: [channel],
      ordered: false,
      start: 'earliest',
      maxInFlight: 800,
      ackWaitMs: 60_000,
      onError: () => {},
      onDelivery: (delivery) => {
        JSON.parse(Buffer.from(delivery.body).toString());
        void delivery.ack();
        settled += 1;
        if (settled === count) resolve(subscribing);
      },
    });
  });
  const figure = (count * 1_000) / (performance.now() - began);
  await subscription.stop(1_000);
  return figure;
}

async function inbox() {
  await stored();
  const service = { catalog: 'choice-sherpa', service: 'dashboard', client: contracts, bus, store };
  let handled = 0;
  const began = performance.now();
  const consumer = await new Promise((resolve) => {
    const starting = createEvents(service)
      .consumer(`inbox-${randomUUID()}`, { ordered: false, batch: 200, concurrency: 4 })
      .on(subject, () => {
        handled += 1;
        if (handled === count) resolve(starting);
      })
      .start();
  });
  const figure = (count * 1_000) / (performance.now() - began);
  await consumer.stop();
  return figure;
}

const runs = { plain, adding, raw, relaying, bare, publishing, validating, acknowledging, inbox };
const measured = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
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
      row('publish with contract, beside an envelope by hand', 'publishing', 'bare', ''),
      row('validation’s part of a publication', 'publishing', 'validating', '≤ 0.15'),
      row('consume with inbox in batches, beside bare consume and ack', 'inbox', 'acknowledging', '≥ 0.5'),
    ],
  )}\n`,
);
await sql.unsafe(`drop schema "${schema}" cascade`);
await (await jetstreamManager(nc)).streams.delete(schema);
await Promise.all([sql.end(), nc.close(), bus.close()]);
process.exit(0);
