// Run by test/events-example.test.ts, and shown in README.md and src/events/README.md: they must stay the same.

import type postgres from 'postgres';
import { createClient } from '../../src/client/index.ts';
import type { Bus } from '../../src/events/bus.ts';
import { createEvents, sqlStore } from '../../src/events/index.ts';
import type { Events } from './choice-sherpa.ts';

export async function example(
  sql: postgres.Sql,
  bus: Bus,
  url: string,
  fetch?: (url: string, init: RequestInit) => Promise<Response>,
) {
  // --- shown
  const client = createClient({ url, ...(fetch && { fetch }) });
  const store = sqlStore(sql);
  await store.migrate();

  // the session service: state and event in one transaction
  const session = createEvents<Events>({ catalog: 'choice-sherpa', service: 'session', client, bus, store });
  await session.ensure(['session.created']);
  session.relay().start();
  await sql.begin(async (tx) => {
    await tx`insert into sessions (id, title) values ('s-1', 'Where to live')`;
    await session.add(tx, 'session.created', {
      session_id: 's-1',
      user_id: 'u-1',
      title: 'Where to live',
      created_at: new Date().toISOString(),
    });
  });

  // the dashboard: each event once, its effect in the same transaction as the mark that it was processed
  const dashboard = createEvents<Events>({ catalog: 'choice-sherpa', service: 'dashboard', client, bus, store });
  await dashboard
    .consumer('dashboard')
    .on('session.created', async ({ payload }, { tx }) => {
      await tx.query('insert into cards (session_id, title) values ($1, $2)', [payload.session_id, payload.title]);
    })
    .start();
  // --- end
  return { close: () => Promise.all([session.close(), dashboard.close()]) };
}
