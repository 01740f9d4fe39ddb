/**
 * Draws .github/dashboard.svg: what the dashboard's queries answer on a real Prometheus that scrapes a service at work, in the dashboard's
 * own grid with its titles, limits and legends. Drawn by this script, not by Grafana: `npm run build && node scripts/dashboard-picture.mjs
 * [--minutes 10]`. The service is well for the first half; then one group's handler becomes slow and fails, and the broker is away for a
 * minute. Needs `prometheus`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as portServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import * as prometheus from 'prom-client';
import { createEvents, prometheusMetrics, sqlStore } from '../dist/events/index.js';
import { memoryBus } from '../dist/events/memory/index.js';
import { dashboard } from '../dist/provision/dashboard.js';
import { client, payload, subject } from './parts/events-service.mjs';
import { option } from './parts/figures.mjs';
import { drawn } from './parts/panels.mjs';

const caption = 'answers of a real Prometheus, drawn by scripts/dashboard-picture.mjs and not by Grafana';
const minutes = Number(option('minutes', 10));
const picture = fileURLToPath(new URL('../.github/dashboard.svg', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'herald-dashboard-'));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function freePort() {
  const server = portServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const db = await PGlite.create();
const store = sqlStore(db, { schema: 'events' });
await store.migrate();
const register = new prometheus.Registry();
const running = [];
const metrics = prometheusMetrics(prometheus, { register, store, consumers: () => running });
const bus = memoryBus();
let isAway = false;
const unsteady = {
  ...bus,
  publish: (...given) => (isAway ? Promise.reject(new Error('away')) : bus.publish(...given)),
};
const make = (service) =>
  createEvents({ catalog: 'choice-sherpa', service, client: client(), bus: unsteady, store, metrics });
const [session, reader] = [make('session'), make('dashboard')];
let isIll = false;
const retry = { firstMs: 200, maxMs: 400, maxAttempts: 3 };
running.push(
  await reader
    .consumer('dashboard', { retry })
    .on(subject, () => pause(2))
    .start(),
  await reader
    .consumer('search', { retry })
    .on(subject, async () => {
      await pause(isIll ? 400 : 5);
      if (isIll && Math.random() < 0.3) throw new Error('no');
    })
    .start(),
);
const relay = session.relay();
relay.start();
const began = Date.now();
const share = () => (Date.now() - began) / (minutes * 60_000);
let count = 0;
const publishing = setInterval(() => {
  isIll = share() > 0.5 && share() < 0.8;
  isAway = share() > 0.6 && share() < 0.7;
  count += 1;
  void store.db.transaction((tx) => session.add(tx, subject, payload(`s-${count % 20}`, count))).catch(() => {});
  if (count % 50 === 0) for (const { id } of bus.published().slice(-1)) bus.redeliver(id);
}, 200);

const scraped = createServer(async (_, response) => response.end(await register.metrics())).listen(0, '127.0.0.1');
await once(scraped, 'listening');
const port = await freePort();
const config = `global: { scrape_interval: 2s }
scrape_configs: [{ job_name: shop, static_configs: [{ targets: ["127.0.0.1:${scraped.address().port}"] }] }]
`;
writeFileSync(join(folder, 'prometheus.yml'), config);
const child = spawn(
  process.env.PROMETHEUS ?? 'prometheus',
  [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ],
  { stdio: 'ignore' },
);
await pause(minutes * 60_000);

const { panels } = JSON.parse(dashboard(['choice-sherpa']));
const [from, to] = [Math.round(began / 1_000), Math.round(Date.now() / 1_000)];
/** As Grafana asks where everything is chosen. */
async function series(expr) {
  const query = expr.replaceAll(/\$(group|type)/g, '.*');
  const parameters = new URLSearchParams({ query, start: from, end: to, step: 5 });
  const answer = await (await fetch(`http://127.0.0.1:${port}/api/v1/query_range?${parameters}`)).json();
  if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
  return answer.data.result;
}
for (const panel of panels) for (const target of panel.targets) target.answer = await series(target.expr);
writeFileSync(picture, drawn(panels, { from, to, title: 'Events: choice-sherpa', caption }));
console.log(`${picture}: ${minutes} minutes, ${count} events`);
clearInterval(publishing);
await relay.stop();
await Promise.all([session.close(), reader.close()]);
child.kill('SIGKILL');
scraped.close();
await db.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
