/**
 * What grows with the registry: `npm run bench:versions -- [--sizes 1000,100000,1000000] [--neighbours] [--svg FILE]`, with
 * DATABASE_URL. A registration through HTTP makes the first version; SQL multiplies it to the size wanted (ten versions a subject, each
 * its own content), then a fresh server answers look-ups it never saw, pages of lists, searches and registrations. With
 * `--neighbours` the rules that compare a version with all other subjects are on, as they are where a catalog does not say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import postgres from 'postgres';
import { machine, option, quantile, table } from '../parts/figures.mjs';
import { demand, newDatabase, plainCatalog, startHerald } from '../parts/serving.mjs';
import { logPlot } from './log-plot.mjs';

const admin = process.env.DATABASE_URL;
if (!admin) {
  console.log('DATABASE_URL is not set: nothing measured');
  process.exit(0);
}
const sizes = option('sizes', '1000,100000,1000000').split(',').map(Number);
const svg = option('svg', undefined);
const asksNeighbours = process.argv.includes('--neighbours');
const perSubject = 10;
const requests = 1_000;
const connections = 4;

/** Rows as registrations leave them, but for the audit log, whose length no request depends on. */
async function grow(sql, from, to) {
  await sql.unsafe(`
    insert into subjects (catalog, name, settings, stage, latest, issued, created_at, title, label, producer, owner, classification, tags, search_text, fields_of)
    select catalog, 'thing-' || n || '.done', settings, stage, ${perSubject}, ${perSubject}, created_at, 'Thing ' || n, '1.9.0', producer, owner, classification, tags, 'thing-' || n || '.done', case when fields_of = latest then ${perSubject} else fields_of end
    from generate_series(${from / perSubject + 1}, ${to / perSubject}) n, subjects where name = 'first.done'`);
  await sql.unsafe(`
    insert into schemas (fingerprint, dialect, text)
    select encode(sha256(convert_to('thing ' || n, 'UTF8')), 'hex'), dialect, replace(replace(text, 'the first', 'thing ' || n), 'own_first', 'own_' || (n - 1) / ${perSubject} + 1)
    from generate_series(${from + 1}, ${to}) n, schemas where id = (select schema_id from versions join subjects on id = subject_id where name = 'first.done')`);
  await sql.unsafe(`
    insert into versions (subject_id, number, schema_id, label, contract, classification, tags, report, verdict, engine_version, level, world, created_at, created_by)
    select s.id, (n - 1) % ${perSubject} + 1, c.id, '1.' || (n - 1) % ${perSubject} || '.0', v.contract, v.classification, v.tags, v.report, v.verdict, v.engine_version, v.level, v.world, v.created_at, v.created_by
    from generate_series(${from + 1}, ${to}) n
    join subjects s on s.catalog = 'bench' and s.name = 'thing-' || ((n - 1) / ${perSubject} + 1) || '.done'
    join schemas c on c.fingerprint = encode(sha256(convert_to('thing ' || n, 'UTF8')), 'hex'),
    versions v join subjects f on f.id = v.subject_id and f.name = 'first.done'`);
  await sql.unsafe(`
    insert into outbox (id, type, catalog, subject, data, at, fanned)
    select 'grown-' || n, o.type, o.catalog, 'thing-' || ((n - 1) / ${perSubject} + 1) || '.done', o.data, o.at, true
    from generate_series(${from + 1}, ${to}) n, (select * from outbox where subject = 'first.done' order by sequence desc limit 1) o`);
  await sql.unsafe(`
    insert into subject_fields (catalog, field, type, subject, event, style)
    select catalog, replace(field, 'own_first', 'own_' || n), type, 'thing-' || n || '.done', 'thing-' || n || '.done', style
    from generate_series(${from / perSubject + 1}, ${to / perSubject}) n, subject_fields where subject = 'first.done'`);
  await sql.unsafe(`
    with known as (
      insert into field_names (catalog, field, style)
      select distinct catalog, field, style from subject_fields where style is not null on conflict do nothing returning catalog, style
    ) insert into field_name_counts select catalog, style, count(*) from known group by catalog, style`);
  await sql.unsafe('vacuum analyze');
}

/** The same numbers every time. */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function timed(count, one) {
  const times = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const began = performance.now();
      await one(next);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

const residentMegabytes = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;

/** Ten fields that every subject has, and one of its own: names of fields grow with the catalog too. */
function document(name, own) {
  const names = [...Array.from({ length: 10 }, (_, index) => `field${index}`), `own_${own}`];
  const fields = names.map((field) => [field, { type: 'string', maxLength: 64 }]);
  return { type: 'object', description: name, required: ['field0'], properties: Object.fromEntries(fields) };
}

async function measure(database, size) {
  const roll = dice(size);
  const began = performance.now();
  const server = await startHerald(database.args, {}, []);
  const start = performance.now() - began;
  const atStart = residentMegabytes(server.pid);
  const subjects = '/v1/catalogs/bench/subjects';
  const anything = () => `thing-${1 + roll(size / perSubject)}.done`;
  await timed(50, () => demand(server.url, 'GET', `${subjects}/${anything()}/versions/1`));
  const lookUp = await timed(requests, () =>
    demand(server.url, 'GET', `${subjects}/${anything()}/versions/${1 + roll(perSubject)}`),
  );
  let cursor = '';
  const list = await timed(300, async () => {
    const { body: page } = await demand(
      server.url,
      'GET',
      `${subjects}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    cursor = page.cursor ?? '';
  });
  const search = await timed(300, () =>
    demand(server.url, 'GET', `${subjects}?q=thing-${1 + roll(size / perSubject)}&limit=20`),
  );
  // what a process compiles and starts for its first check is not what it reads of the catalog
  const { p50: firstOfProcess } = await timed(1, () =>
    demand(server.url, 'POST', `/v1/catalogs/small/subjects/first-${size}.done/versions`, document(`${size}`, 'small')),
  );
  const { p50: firstRegistration } = await timed(1, () =>
    demand(
      server.url,
      'POST',
      `${subjects}/first-${size}.done/versions`,
      document(`the first of ${size}`, `first_${size}`),
    ),
  );
  const registration = await timed(300, (count) => {
    const number = 1 + roll(size / perSubject);
    const [name, own] = count % 2 ? [`new-${size}-${count}`, `new_${size}_${count}`] : [`thing-${number}`, number];
    return demand(server.url, 'POST', `${subjects}/${name}.done/versions`, document(`of ${size} and ${count}`, own));
  });
  const atEnd = residentMegabytes(server.pid);
  await server.stop();
  return { start, atStart, lookUp, list, search, firstOfProcess, firstRegistration, registration, atEnd };
}

const database = await newDatabase(admin);
const sql = postgres(database.store.url, { max: 1, onnotice: () => undefined });
const first = await startHerald(database.args, {}, []);
const off = plainCatalog('bench');
const asking = Object.fromEntries(
  Object.entries(off.rules).filter(([rule]) => !['field-naming', 'field-type-consistent'].includes(rule)),
);
for (const name of ['bench', 'small'])
  await demand(first.url, 'PUT', `/v1/catalogs/${name}`, { ...off, name, ...(asksNeighbours && { rules: asking }) });
await demand(first.url, 'POST', '/v1/catalogs/bench/subjects/first.done/versions', document('the first', 'first'));
await first.stop();
const found = [];
let size = 0;
for (const wanted of sizes) {
  await grow(sql, size, wanted);
  size = wanted;
  found.push([wanted, await measure(database, wanted)]);
  console.error(`measured ${wanted}`);
}
await sql.end();
await database.remove();

/** A row is one figure: its name, and how to read it from a measurement. */
const figures = [
  ['start ms', ({ start }) => start],
  ['look-up p99 ms', ({ lookUp }) => lookUp.p99],
  ['list p99 ms', ({ list }) => list.p99],
  ['search p99 ms', ({ search }) => search.p99],
  ['first registration of the process ms', ({ firstOfProcess }) => firstOfProcess],
  ['first registration of the catalog ms', ({ firstRegistration }) => firstRegistration],
  ['registration p50 ms', ({ registration }) => registration.p50],
  ['registration p99 ms', ({ registration }) => registration.p99],
  ['memory at start MB', ({ atStart }) => atStart],
  ['memory after MB', ({ atEnd }) => atEnd],
];
console.log(
  `Growth on PostgreSQL, ${asksNeighbours ? 'rules about neighbours on' : 'every rule off'}, ${requests} look-ups, 300 of everything else, ${connections} connections. ${machine()}\n`,
);
console.log(
  table(
    ['figure', ...sizes.map((each) => `${each} versions`), 'last : first'],
    figures.map(([name, of]) => {
      const values = found.map(([, each]) => of(each));
      return [name, ...values.map((value) => value.toFixed(1)), (values.at(-1) / values[0]).toFixed(2)];
    }),
  ),
);
if (svg)
  writeFileSync(
    svg,
    logPlot({
      title: 'Growth: figures by number of versions',
      x: sizes,
      series: figures.map(([name, of]) => ({ name, y: found.map(([, each]) => of(each)) })),
    }),
  );
process.exit(0);
