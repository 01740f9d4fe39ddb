/**
 * Validation over HTTP beside JSON.parse + Ajv in this process: `npm run bench:validate -- [--seconds 5] [--rounds 3]`. Single
 * events go through 16 connections; batches are NDJSON of 1,000 events of 2 KB. Ajv is compiled as strangers compile it.
 */

import { Agent, request } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { machine, median, option, quantile, table } from '../parts/figures.mjs';
import { demand, newFolder, putPlainCatalog, startHerald } from '../parts/serving.mjs';

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

const agent = new Agent({ keepAlive: true });
const at = '/v1/catalogs/bench/subjects/thing.done/versions/latest/validate';

function send(url, type, body) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url + at,
      { method: 'POST', agent, headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) } },
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

async function overHttp(url, type, body, events, connections) {
  const times = [];
  const until = performance.now() + seconds * 1_000;
  const began = performance.now();
  const one = async () => {
    while (performance.now() < until) times.push(await send(url, type, body));
  };
  await Promise.all(Array.from({ length: connections }, one));
  return { rate: (times.length * events * 1_000) / (performance.now() - began), p99: quantile(times, 0.99) };
}

const folder = newFolder();
const server = await startHerald(folder.args, {}, []);
await putPlainCatalog(server.url);
await demand(server.url, 'POST', '/v1/catalogs/bench/subjects/thing.done/versions', schema);
const kinds = [
  ['single events, 16 connections', () => overHttp(server.url, 'application/json', event, 1, 16)],
  ['NDJSON of 1,000, 2 connections', () => overHttp(server.url, 'application/x-ndjson', batch, 1_000, 2)],
];
const rows = [];
for (const [what, measure] of kinds) {
  await measure();
  const pairs = [];
  for (let round = 0; round < rounds; round += 1) pairs.push({ yardstick: inProcess(), ...(await measure()) });
  rows.push([
    what,
    Math.round(median(pairs.map(({ yardstick }) => yardstick))),
    Math.round(median(pairs.map(({ rate }) => rate))),
    median(pairs.map(({ rate, yardstick }) => rate / yardstick)).toFixed(3),
    median(pairs.map(({ p99 }) => p99)).toFixed(1),
  ]);
}
await server.stop();
await folder.remove();
console.log(`Validation of ${event.length}-byte events, ${seconds} s a round, ${rounds} rounds. ${machine()}\n`);
console.log(table(['how', 'parse + Ajv in process /s', 'over HTTP /s', 'ratio', 'p99 ms of a request'], rows));
process.exit(0);
