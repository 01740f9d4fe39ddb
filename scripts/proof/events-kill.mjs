/**
 * Relays killed at random: `node scripts/proof/events-kill.mjs [--kills 200] [--relays 3] [--keys 40] [--every 700] [--within 3600]`. Writers commit
 * when they like and roll some of their transactions back, while one relay after another is killed with SIGKILL and replaced. Then
 * every committed event must have been published, the first time in the order of its key, and nothing that was rolled back.
 * Needs DATABASE_URL and REDIS_URL.
 */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { createEvents, sqlStore } from '../../dist/events/index.js';
import { memoryBus } from '../../dist/events/memory/index.js';
import { client, payload, subject } from '../parts/events-service.mjs';
import { option } from '../parts/figures.mjs';
import { boundBy, spawnWorker } from '../parts/workers.mjs';

const kills = Number(option('kills', 200));
const relays = Number(option('relays', 3));
const keys = Array.from({ length: Number(option('keys', 40)) }, (_, index) => `key-${index}`);
const everyMs = Number(option('every', 700));
boundBy(Number(option('within', 3_600)));
const { DATABASE_URL, REDIS_URL } = process.env;
if (!DATABASE_URL || !REDIS_URL) throw new Error('DATABASE_URL and REDIS_URL are needed');

const schema = `kill_${randomUUID().slice(0, 8)}`;
const prefix = `${schema}:`;
const sql = postgres(DATABASE_URL, { max: 12, onnotice: () => {} });
const redis = new Redis(REDIS_URL);
const store = sqlStore(sql, { schema });
await store.migrate();
const events = createEvents({
  catalog: 'choice-sherpa',
  service: 'session',
  client: client(),
  bus: memoryBus(),
  store,
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const startRelay = () =>
  spawnWorker(new URL('events-relay.mjs', import.meta.url), [DATABASE_URL, schema, REDIS_URL, prefix]);

let isWriting = true;
const committed = new Map(keys.map((key) => [key, []]));
let rolledBack = 0;

/** Several writers share the keys: only the lock on a key's counter keeps their commits apart. */
async function writer() {
  while (isWriting) {
    const key = keys[Math.floor(Math.random() * keys.length)];
    const isDoomed = Math.random() < 0.05;
    let number;
    try {
      await sql.begin(async (tx) => {
        const mark = randomUUID();
        await events.add(tx, subject, payload(key, mark));
        await pause(Math.random() * 5);
        if (isDoomed) throw new Error('rolled back');
        number = mark;
        // still under the lock of the key: the order of these lists is the order of commits
        committed.get(key).push(mark);
      });
    } catch (error) {
      if (error.message !== 'rolled back') throw error;
      if (number === undefined) rolledBack += 1;
    }
    await pause(Math.random() * 10);
  }
}

const running = Array.from({ length: relays }, startRelay);
const writers = Array.from({ length: 8 }, writer);
for (let kill = 0; kill < kills; kill += 1) {
  await pause(everyMs * (0.5 + Math.random()));
  const victim = Math.floor(Math.random() * relays);
  running[victim].kill('SIGKILL');
  running[victim] = startRelay();
}
isWriting = false;
await Promise.all(writers);
const deadline = Date.now() + 120_000;
while ((await store.outbox.pending(store.db)).count > 0 && Date.now() < deadline) await pause(100);
for (const relay of running) relay.kill('SIGKILL');

const total = [...committed.values()].reduce((sum, marks) => sum + marks.length, 0);
let lost = 0;
let disordered = 0;
let strange = 0;
let again = 0;
for (const key of keys) {
  const published = await redis.lrange(`${prefix}${key}`, 0, -1);
  const first = [...new Set(published)];
  const wanted = committed.get(key);
  again += published.length - first.length;
  lost += wanted.filter((mark) => !first.includes(mark)).length;
  strange += first.filter((mark) => !wanted.includes(mark)).length;
  const both = first.filter((mark) => wanted.includes(mark));
  disordered += both.filter((mark, index) => wanted.filter((each) => both.includes(each))[index] !== mark).length;
  await redis.del(`${prefix}${key}`);
}
process.stdout.write(
  `${kills} kills of ${relays} relays: ${total} events committed, ${rolledBack} rolled back; lost ${lost}, never committed ${strange}, out of order ${disordered}, published again ${again}\n`,
);
await sql.unsafe(`drop schema "${schema}" cascade`);
await Promise.all([sql.end(), redis.quit()]);
const holds = lost + strange + disordered === 0 && total > 0;
process.stdout.write(holds ? 'Holds.\n' : 'Does not hold.\n');
process.exit(holds ? 0 : 1);
