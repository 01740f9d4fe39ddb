/**
 * Registration on PostgreSQL beside pgbench doing one-row commits: `npm run bench:register -- [--seconds 10] [--rounds 3]
 * [--writers 16]`, with DATABASE_URL. In turn, with so many writers each: pgbench, distinct subjects, one hot subject. A registration is a
 * whole one: HTTP, parsing, the check against the history, and the commit with its announcement and its row in the audit log.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { machine, median, option, quantile, table } from '../parts/figures.mjs';
import { newDatabase, putPlainCatalog, startHerald } from '../parts/serving.mjs';

const admin = process.env.DATABASE_URL;
if (!admin) {
  console.log('DATABASE_URL is not set: nothing measured');
  process.exit(0);
}
const seconds = Number(option('seconds', 10));
const rounds = Number(option('rounds', 3));
const writers = Number(option('writers', 16));

const folder = await mkdtemp(join(tmpdir(), 'herald-bench-'));
const database = await newDatabase(admin);
const sql = postgres(database.store.url, { max: 1, onnotice: () => undefined });
const [{ fsync, synchronous_commit: commit }] =
  await sql`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit`;
await sql`create table one_row (id bigint generated always as identity primary key, body text not null)`;
const script = join(folder, 'one-row.sql');
writeFileSync(script, `insert into one_row (body) values ('${'x'.repeat(200)}');\n`);

function commits() {
  const args = ['-n', '-c', String(writers), '-j', '2', '-T', String(seconds), '-f', script, database.store.url];
  const { stdout, stderr, status } = spawnSync('pgbench', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`pgbench: ${stderr || 'is not installed'}`);
  return Number(/tps = ([\d.]+)/.exec(stdout)[1]);
}

const agent = new Agent({ keepAlive: true, maxSockets: writers });

/** One registration: its status and its time in milliseconds. */
function register(url, subject, text) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/v1/catalogs/bench/subjects/${subject}/versions`,
      {
        method: 'POST',
        agent,
        headers: { 'Content-Type': 'application/schema+json', 'Content-Length': Buffer.byteLength(text) },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => {
          if (response.statusCode === 201) resolve(performance.now() - began);
          else reject(new Error(`${response.statusCode} ${body.slice(0, 500)}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

function document(name) {
  const fields = Array.from({ length: 10 }, (_, index) => [`field${index}`, { type: 'string', maxLength: 64 }]);
  return JSON.stringify({
    type: 'object',
    description: name,
    required: ['field0'],
    properties: Object.fromEntries(fields),
  });
}

/** All writers at once for so many seconds; `subjectOf` says what each of them writes. */
async function registrations(url, subjectOf) {
  const times = [];
  const until = performance.now() + seconds * 1_000;
  const began = performance.now();
  const writer = async (number) => {
    for (let count = 0; performance.now() < until; count += 1)
      times.push(await register(url, subjectOf(number, count), document(`${run} ${number} ${count}`)));
  };
  await Promise.all(Array.from({ length: writers }, (_, number) => writer(number)));
  return { rate: (times.length * 1_000) / (performance.now() - began), p99: quantile(times, 0.99), p50: median(times) };
}

let run = 0;
const server = await startHerald(database.args, { HERALD_CONNECTIONS: '16' }, []);
await putPlainCatalog(server.url);
await registrations(server.url, (number, count) => `warm-${number}.done-${count}`);
const kinds = [
  ['a new subject each time', (number, count) => `thing-${run}-${number}.done-${count}`],
  [`${writers} subjects, a new version each time`, (number) => `own-${run}-${number}.done`],
  ['one hot subject', () => `hot-${run}.done`],
];
const found = new Map(kinds.map(([what]) => [what, []]));
for (run = 1; run <= rounds; run += 1) {
  for (const [what, subjectOf] of kinds) {
    const yardstick = commits();
    found.get(what).push({ yardstick, ...(await registrations(server.url, subjectOf)) });
  }
}
await server.stop();
await sql.end();
await database.remove();
await rm(folder, { recursive: true });

console.log(
  `Registration, ${writers} writers, ${seconds} s a round, ${rounds} rounds; PostgreSQL fsync ${fsync}, synchronous_commit ${commit}. ${machine()}\n`,
);
console.log(
  table(
    ['writes', 'pgbench one-row commits /s', 'registrations /s', 'ratio', 'p50 ms', 'p99 ms'],
    [...found].map(([what, each]) => [
      what,
      Math.round(median(each.map(({ yardstick }) => yardstick))),
      Math.round(median(each.map(({ rate }) => rate))),
      median(each.map(({ rate, yardstick }) => rate / yardstick)).toFixed(3),
      median(each.map(({ p50 }) => p50)).toFixed(0),
      median(each.map(({ p99 }) => p99)).toFixed(0),
    ]),
  ),
);
process.exit(0);
