/**
 * Pages of the console on a large registry: `npm run bench:console -- [--subjects 100000]`, with DATABASE_URL. A registration
 * makes the first event; SQL multiplies it. Each page is asked 40 times, warm, and its time and size are printed beside the
 * same server's `/livez`. Processor time is the server's and its database connections' together, where PostgreSQL is on this machine:
 * what a page takes of an idle machine, whoever else uses this one.
 */
import postgres from 'postgres';
import { machine, option, quantile, table } from '../parts/figures.mjs';
import { demand, newDatabase, processorTime, putPlainCatalog, startHerald } from '../parts/serving.mjs';

const admin = process.env.DATABASE_URL;
if (!admin) {
  console.log('DATABASE_URL is not set: nothing measured');
  process.exit(0);
}
const subjects = Number(option('subjects', '100000'));
const requests = 40;
/** Requests before those that are measured. */
const cold = 5;

/** Rows as registrations leave them; every subject has two consumers. */
async function grow(sql) {
  await sql.unsafe(`
    insert into subjects (catalog, name, settings, stage, latest, created_at, title, label, producer, owner, classification, tags, search_text)
    select catalog, 'thing-' || n || '.done', settings, stage, 1, created_at, 'Thing ' || n, '1.0.0', 'service-' || n % 300, owner, classification, tags,
      'thing-' || n || '.done' || E'\\n' || search_text
    from generate_series(1, ${subjects}) n, subjects where name = 'first.done'`);
  await sql.unsafe(`
    insert into schemas (fingerprint, dialect, text)
    select encode(sha256(convert_to('thing ' || n, 'UTF8')), 'hex'), dialect, replace(text, 'the first', 'thing ' || n)
    from generate_series(1, ${subjects}) n, schemas where id = (select schema_id from versions join subjects on id = subject_id where name = 'first.done')`);
  await sql.unsafe(`
    insert into versions (subject_id, number, schema_id, label, contract, classification, tags, report, verdict, engine_version, level, world, created_at, created_by)
    select s.id, 1, c.id, '1.0.0', v.contract, v.classification, v.tags, v.report, v.verdict, v.engine_version, v.level, v.world, v.created_at, v.created_by
    from generate_series(1, ${subjects}) n
    join subjects s on s.catalog = 'bench' and s.name = 'thing-' || n || '.done'
    join schemas c on c.fingerprint = encode(sha256(convert_to('thing ' || n, 'UTF8')), 'hex'),
    versions v join subjects f on f.id = v.subject_id and f.name = 'first.done'`);
  await sql.unsafe(`
    insert into consumers (subject_id, service, origin)
    select id, 'service-' || (id + shift) % 300, 'contract' from subjects, generate_series(1, 2) shift`);
  await sql.unsafe('analyze');
}

const document = {
  type: 'object',
  description: 'the first',
  required: ['field0'],
  properties: Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [
      `field${index}`,
      { type: 'string', maxLength: 64, description: 'A field.' },
    ]),
  ),
};

const catalog = '/catalogs/bench';
const pages = [
  '/livez',
  '/',
  '/search?q=thing-4242',
  '/search?q=field7',
  catalog,
  `${catalog}?q=thing-77`,
  `${catalog}/rules`,
  `${catalog}/matrix`,
  `${catalog}/map`,
  `${catalog}/map?service=service-7`,
  `${catalog}/data`,
  `${catalog}/subjects/thing-4242.done`,
  `${catalog}/subjects/thing-4242.done/compare`,
  '/deprecations',
  '/proposals',
  '/governance/audit',
];

/** Milliseconds of processor time so far, of the server and of the processes that answer its connections. */
async function spent(server) {
  const backends =
    await sql`select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  const pids = [server.pid, ...backends.map(({ pid }) => pid)];
  return pids.reduce((sum, pid) => sum + processorTimeOf(pid), 0);
}

/** 0 where the database is on another machine, or the process has ended. */
function processorTimeOf(pid) {
  try {
    return processorTime(pid);
  } catch {
    return 0;
  }
}

async function measure(server, path) {
  const times = [];
  let bytes = 0;
  let before = 0;
  for (let count = 0; count < requests + cold; count += 1) {
    if (count === cold) before = await spent(server);
    const began = performance.now();
    const response = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } });
    bytes = (await response.arrayBuffer()).byteLength;
    if (count >= cold) times.push(performance.now() - began);
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  }
  const processor = ((await spent(server)) - before) / requests;
  return [
    path,
    processor.toFixed(1),
    quantile(times, 0.5).toFixed(1),
    quantile(times, 0.95).toFixed(1),
    Math.ceil(bytes / 1_000),
  ];
}

const database = await newDatabase(admin);
const sql = postgres(database.store.url, { max: 1, onnotice: () => undefined });
try {
  const first = await startHerald(database.args, {}, []);
  await putPlainCatalog(first.url);
  await demand(first.url, 'POST', '/v1/catalogs/bench/subjects/first.done/versions', document);
  await first.stop();
  await grow(sql);
  const server = await startHerald(database.args, {}, []);
  const rows = [];
  for (const path of pages) rows.push(await measure(server, path));
  await server.stop();
  console.log(machine());
  console.log(`${subjects} subjects, ${requests} requests a page, one after the other`);
  console.log(table(['page', 'processor ms', 'p50 ms', 'p95 ms', 'KB'], rows));
} finally {
  await sql.end();
  await database.remove();
}
