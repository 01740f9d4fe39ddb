/** One process of a service, until it is killed: `node events-member.mjs relay|consumer DATABASE_URL SCHEMA BUS_URL [STREAM]`. */
import postgres from 'postgres';
import { busOf, createEvents, sqlStore } from '../../dist/events/index.js';
import { client, subject } from '../parts/events-service.mjs';
import { endWithParent } from '../parts/workers.mjs';

const [role, databaseUrl, schema, busUrl, stream] = process.argv.slice(2);
endWithParent();
const sql = postgres(databaseUrl, { max: 4, onnotice: () => {} });
const store = sqlStore(sql, { schema });
const service = role === 'relay' ? 'session' : 'dashboard';
const bus = await busOf(busUrl);
const events = createEvents({ catalog: 'choice-sherpa', service, client: client(stream), bus, store });

if (role === 'relay')
  events.relay({ backoff: { firstMs: 20, maxMs: 500 }, maxPollMs: 100, batch: 50, publishTimeoutMs: 2_000 }).start();
else
  for (;;) {
    try {
      await events
        .consumer(stream ?? 'titles', { undeclared: 'allow', ackWaitMs: 4_000, retry: { firstMs: 50, maxMs: 500 } })
        .on(subject, async ({ payload }, { tx }) => {
          await tx.query(`insert into "${schema}".effect (key, mark) values ($1, $2)`, [
            payload.session_id,
            payload.new_title,
          ]);
        })
        .start();
      break;
    } catch {
      // it was started while the broker was away
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
