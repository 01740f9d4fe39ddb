/** A service that commits, relays and consumes in one process: `node events-whole.mjs write|drain FOLDER STREAM BUS_URL RUN KEYS`. */
import { PGlite } from '@electric-sql/pglite';
import { busOf, createEvents, sqlStore } from '../../dist/events/index.js';
import { client, payload, subject } from '../parts/events-service.mjs';
import { endWithParent } from '../parts/workers.mjs';

const [mode, folder, stream, url, run, keys] = process.argv.slice(2);
endWithParent();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const db = await PGlite.create(folder);
const store = sqlStore(db, { schema: stream });
await store.migrate();
await db.exec(`create table if not exists "${stream}".effect (id bigserial primary key, key text, mark text)`);
const make = async (service) =>
  createEvents({ catalog: 'choice-sherpa', service, client: client(stream), bus: await busOf(url), store });
const [producer, reader] = await Promise.all([make('session'), make('dashboard')]);
producer.relay({ backoff: { firstMs: 20, maxMs: 500 }, maxPollMs: 100, batch: 50, publishTimeoutMs: 2_000 }).start();
const consumer = await reader
  .consumer(stream, { undeclared: 'allow', ackWaitMs: 4_000, retry: { firstMs: 50, maxMs: 500 }, maxCrashes: 1_000 })
  .on(subject, async ({ payload: { session_id, new_title } }, { tx }) => {
    await tx.query(`insert into "${stream}".effect (key, mark) values ($1, $2)`, [session_id, new_title]);
  })
  .start();
process.stdout.write('up\n');
if (mode === 'write')
  for (let number = 0; ; number += 1) {
    const key = `key-${Math.floor(Math.random() * Number(keys))}`;
    const mark = `${run}.${number}`;
    process.stdout.write(`begins ${key} ${mark}\n`);
    await db.transaction((tx) => producer.add(tx, subject, payload(key, mark)));
    process.stdout.write(`committed ${key} ${mark}\n`);
    await pause(Math.random() * 30);
  }
for (let quiet = 0; quiet < 20; ) {
  const { pending, inFlight } = await consumer.backlog();
  const left = (await store.outbox.pending(store.db)).count;
  quiet = pending + inFlight + left === 0 ? quiet + 1 : 0;
  await pause(200);
}
await db.close();
process.exit(0);
