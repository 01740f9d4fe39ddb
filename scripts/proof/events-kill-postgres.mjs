/** Relays and consumers on PostgreSQL, killed one after another, while this process commits. Part of events-kill-bus.mjs. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { createEvents, sqlStore } from '../../dist/events/index.js';
import { client, payload, subject } from '../parts/events-service.mjs';
import { spawnWorker } from '../parts/workers.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const roles = ['relay', 'relay', 'consumer', 'consumer'];

export async function onPostgres({ kills, keys, everyMs, stream, url, bus }) {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) throw new Error('DATABASE_URL is needed');
  const sql = postgres(DATABASE_URL, { max: 10, onnotice: () => {} });
  const store = sqlStore(sql, { schema: stream });
  await store.migrate();
  await sql.unsafe(`create table "${stream}".effect (id bigserial primary key, key text, mark text)`);
  const events = createEvents({ catalog: 'choice-sherpa', service: 'session', client: client(stream), bus, store });
  await events.ensure([subject]);
  const start = (role) => {
    const member = new URL('events-member.mjs', import.meta.url);
    return spawnWorker(member, [role, DATABASE_URL, stream, url, stream]);
  };
  const members = roles.map(start);
  let isWriting = true;
  const committed = new Map(keys.map((key) => [key, []]));
  const writer = async () => {
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
  };
  const writers = Array.from({ length: 4 }, writer);
  for (let kill = 0; kill < kills; kill += 1) {
    await pause(everyMs * (0.5 + Math.random()));
    const victim = Math.floor(Math.random() * members.length);
    members[victim].kill('SIGKILL');
    members[victim] = start(roles[victim]);
  }
  isWriting = false;
  await Promise.all(writers);
  const total = [...committed.values()].reduce((sum, marks) => sum + marks.length, 0);
  const done = async () => Number((await sql.unsafe(`select count(*) from "${stream}".effect`))[0].count);
  // a member that takes over waits for the lease of the one that was killed: what was held back by that comes afterwards
  for (let before = -1, since = Date.now(); before < total && Date.now() - since < 60_000; await pause(100)) {
    const now = await done();
    if (now > before) since = Date.now();
    before = now;
  }
  // what would come twice comes soon
  await pause(2_000);
  for (const member of members) member.kill('SIGKILL');
  const effects = await sql.unsafe(`select key, mark from "${stream}".effect order by id`);
  const parked = Number((await sql.unsafe(`select count(*) from "${stream}".herald_parked`))[0].count);
  await events.close();
  await sql.unsafe(`drop schema "${stream}" cascade`);
  await sql.end();
  return { committed, inDoubt: new Set(), effects, parked, processes: '2 relays and 2 consumers' };
}
