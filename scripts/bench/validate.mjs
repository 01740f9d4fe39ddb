/**
 * Validation over HTTP beside JSON.parse + Ajv in this process: `npm run bench:validate -- [--seconds 5] [--rounds 3]`. Single
 * events are sent by `wrk` through 16 connections, to Herald and to node:http with nothing but both; batches are NDJSON of 1,000
 * events of 2 KB. Ajv is compiled as strangers compile it. With DATABASE_URL the registry is on PostgreSQL.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { machine, median, option, quantile, table } from '../parts/figures.mjs';
import { demand, newDatabase, newFolder, putPlainCatalog, startHerald } from '../parts/serving.mjs';

const seconds = Number(option('seconds', 5));
const rounds = Number(option('rounds', 3));

const properties = Object.fromEntries(
  Array.from({ length: 24 }, (_, index) => [
    `field${index}`,
    index % 3 === 0 ? { type: 'integer', minimum: 0 } : { type: 'string', maxLength: 200, minLength: 1 },
  ]),
);
const schema = { type: 'object', required: ['field0', 'field1'], properties, additionalProperties: false };
const event = JSON.stringify(
  Object.fromEntries(Object.keys(properties).map((name, index) => [name, index % 3 === 0 ? index : 'v'.repeat(110)])),
);
const batch = Array.from({ length: 1_000 }, () => event).join('\n');

/** Events a second: parsed, then validated, nothing else. */
function inProcess() {
  const validate = new Ajv2020().compile(schema);
  const until = performance.now() + seconds * 1_000;
  const began = performance.now();
  let count = 0;
  while (performance.now() < until) {
    for (const line of batch.split('\n')) {
      if (!validate(JSON.parse(line))) throw new Error('the event is invalid');
      count += 1;
    }
  }
  return (count * 1_000) / (performance.now() - began);
}

const at = '/v1/catalogs/bench/subjects/thing.done/versions/latest/validate';

function send(url, type, body, agent) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url + at,
      {
        method: 'POST',
        agent: agent ?? false,
        headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          JSON.parse(text).valid === true ? resolve(performance.now() - began) : reject(new Error(text.slice(0, 500))),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function batches(url, connections) {
  const times = [];
  const agent = new Agent({ keepAlive: true });
  const until = performance.now() + seconds * 1_000;
  const began = performance.now();
  const one = async () => {
    while (performance.now() < until) times.push(await send(url, 'application/x-ndjson', batch, agent));
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
  return { rate: (times.length * 1_000 * 1_000) / (performance.now() - began), p99: quantile(times, 0.99) };
}

/** What wrk sends. */
const script = join(tmpdir(), `herald-bench-${process.pid}.lua`);
writeFileSync(
  script,
  `wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [==[${event}]==]\n`,
);

const milliseconds = { us: 0.001, ms: 1, s: 1_000 };

/** That each reply says the event is valid is seen before and after, and counted in the metrics. */
async function singles(url, connections) {
  await send(url, 'application/json', event);
  const { stdout, status, stderr } = spawnSync(
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, url + at],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`wrk: ${stderr || 'is not installed (apt-get install wrk)'}`);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  await send(url, 'application/json', event);
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p99: Number(p99) * milliseconds[unit] };
}

async function validated(url, verdict) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`herald_validations_total\\{verdict="${verdict}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
}

/** node:http, JSON.parse, Ajv and nothing else. */
async function startBare() {
  const bare = fileURLToPath(new URL('bare-validate.mjs', import.meta.url));
  const child = spawn(process.execPath, [bare, JSON.stringify(schema)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await once(child.stdout, 'data');
  return { url: /listens on (\S+)/.exec(printed)[1], stop: () => child.kill() };
}

const place = process.env.DATABASE_URL ? await newDatabase(process.env.DATABASE_URL) : newFolder();
const server = await startHerald(place.args, {}, []);
const bare = await startBare();
await putPlainCatalog(server.url);
await demand(server.url, 'POST', '/v1/catalogs/bench/subjects/thing.done/versions', schema);
const kinds = [
  ['single events, 16 connections', (url) => singles(url, 16), true],
  ['NDJSON of 1,000, 2 connections', (url) => batches(url, 2), false],
];
const rows = [];
for (const [what, measure, hasBare] of kinds) {
  await measure(server.url);
  if (hasBare) await measure(bare.url);
  const before = await validated(server.url, 'valid');
  const figures = [];
  let sent = 0;
  for (let round = 0; round < rounds; round += 1) {
    const yardstick = inProcess();
    const floor = hasBare ? (await measure(bare.url)).rate : Number.NaN;
    const found = await measure(server.url);
    sent += found.rate * seconds;
    figures.push({ yardstick, floor, ...found });
  }
  const counted = (await validated(server.url, 'valid')) - before;
  if (counted < sent * 0.9 || (await validated(server.url, 'invalid')) > 0)
    throw new Error('events were not validated');
  const of = (read) => figures.map(read);
  const spread = (values, digits) =>
    `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
  rows.push([
    what,
    Math.round(median(of(({ yardstick }) => yardstick))),
    hasBare ? Math.round(median(of(({ floor }) => floor))) : '-',
    Math.round(median(of(({ rate }) => rate))),
    spread(
      of(({ rate, yardstick }) => rate / yardstick),
      3,
    ),
    hasBare
      ? spread(
          of(({ rate, floor }) => rate / floor),
          2,
        )
      : '-',
    median(of(({ p99 }) => p99)).toFixed(1),
  ]);
}
bare.stop();
await server.stop();
await place.remove();
console.log(`Validation of ${event.length}-byte events, ${seconds} s a round, ${rounds} rounds. ${machine()}\n`);
console.log(
  table(
    [
      'how',
      'parse + Ajv in process /s',
      'node:http with both /s',
      'Herald over HTTP /s',
      'of in process: median (from to)',
      'of node:http',
      'p99 ms of a request',
    ],
    rows,
  ),
);
process.exit(0);
