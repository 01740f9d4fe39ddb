/**
 * A broker killed and started again, relays and consumers killed: `node scripts/proof/events-outage.mjs [--bus nats] [--outages 20]
 * [--kills 40] [--keys 10] [--every 2000] [--within 3600]`, with a NATS, Redis or RabbitMQ of its own, or librdkafka's Kafka, which
 * falls silent instead. Writers commit all the while. Then every committed event must have had its effect exactly once, and those of
 * each key in the order of their commits. Needs DATABASE_URL.
 */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { busOf, createEvents, sqlStore } from '../../dist/events/index.js';
import { brokerOf } from '../parts/brokers.mjs';
import { client, payload, subject } from '../parts/events-service.mjs';
import { option } from '../parts/figures.mjs';
import { boundBy, spawnWorker } from '../parts/workers.mjs';

const kind = option('bus', 'nats');
const outages = Number(option('outages', 20));
const kills = Number(option('kills', 40));
const keys = Array.from({ length: Number(option('keys', 10)) }, (_, index) => `key-${index}`);
const everyMs = Number(option('every', 2_000));
boundBy(Number(option('within', 3_600)));
const { DATABASE_URL } = process.env;
if (!DATABASE_URL) throw new Error('DATABASE_URL is needed');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const schema = `outage_${randomUUID().slice(0, 8)}`;
const sql = postgres(DATABASE_URL, { max: 10, onnotice: () => {} });
const store = sqlStore(sql, { schema });
await store.migrate();
await sql.unsafe(`create table "${schema}".effect (id bigserial primary key, key text, mark text)`);
const broker = await brokerOf(kind);
const events = createEvents({
  catalog: 'choice-sherpa',
  service: 'session',
  client: client(),
  bus: await busOf(broker.url),
  store,
});
await broker.make([subject]);
await events.ensure([subject]);

const startMember = (role) =>
  spawnWorker(new URL('events-member.mjs', import.meta.url), [role, DATABASE_URL, schema, broker.url]);
const roles = ['relay', 'relay', 'consumer', 'consumer'];
const members = roles.map(startMember);

let isWriting = true;
const committed = new Map(keys.map((key) => [key, []]));

async function writer() {
  while (isWriting) {
    const key = keys[Math.floor(Math.random() * keys.length)];
    const mark = randomUUID();
    await sql.begin(async (tx) => {
      await events.add(tx, subject, payload(key, mark));
      await pause(Math.random() * 5);
      // still under the lock of the key: the order of these lists is the order of commits
      committed.get(key).push(mark);
    });
    await pause(Math.random() * 60);
  }
}

/** Outages and kills in one random order. */
const blows = [...Array(outages).fill('outage'), ...Array(kills).fill('kill')]
  .map((blow) => [Math.random(), blow])
  .sort(([a], [b]) => a - b)
  .map(([, blow]) => blow);

const done = async () => Number((await sql.unsafe(`select count(*) from "${schema}".effect`))[0].count);
const writers = Array.from({ length: 4 }, writer);
while (broker.settleMs > 0 && (await done()) === 0) await pause(100);
await pause(broker.settleMs);
for (const blow of blows) {
  await pause(everyMs * (0.5 + Math.random()));
  if (blow === 'outage') {
    await broker.kill();
    await pause(everyMs * Math.random());
    await broker.start();
  } else {
    const victim = Math.floor(Math.random() * members.length);
    members[victim].kill('SIGKILL');
    members[victim] = startMember(roles[victim]);
  }
}
isWriting = false;
await Promise.all(writers);

const total = [...committed.values()].reduce((sum, marks) => sum + marks.length, 0);
const deadline = Date.now() + 120_000;
while ((await done()) < total && Date.now() < deadline) await pause(100);
// what would come twice comes soon
await pause(2_000);
for (const member of members) member.kill('SIGKILL');

const rows = await sql.unsafe(`select key, mark from "${schema}".effect order by id`);
const parked = Number((await sql.unsafe(`select count(*) from "${schema}".herald_parked`))[0].count);
let lost = 0;
let twice = 0;
let disordered = 0;
for (const key of keys) {
  const marks = rows.filter((row) => row.key === key).map(({ mark }) => mark);
  const wanted = committed.get(key);
  lost += wanted.filter((mark) => !marks.includes(mark)).length;
  twice += marks.length - new Set(marks).size;
  const there = wanted.filter((mark) => marks.includes(mark));
  disordered += [...new Set(marks)].filter((mark, index) => there[index] !== mark).length;
}
process.stdout.write(
  `${kind}, ${outages} outages, ${kills} kills of ${roles.length} processes: ${total} events committed; lost ${lost}, effects twice ${twice}, out of order ${disordered}, parked ${parked}\n`,
);
await events.close();
await broker.end();
const holds = lost + twice + disordered + parked === 0 && total > 0;
if (holds) await sql.unsafe(`drop schema "${schema}" cascade`);
await sql.end();
process.stdout.write(holds ? 'Holds.\n' : `Does not hold. The schema ${schema} is kept.\n`);
process.exit(holds ? 0 : 1);
