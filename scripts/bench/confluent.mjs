/**
 * Confluent's interface beside the registry's own: look-ups of one schema by id, driven by `wrk` in turn, the ratio taken round by
 * round; then clients that register the same schemas at once and must agree on their ids. `npm run bench:confluent --
 * [--seconds 4] [--rounds 5] [--clients 64] [--schemas 1000]`.
 */
import { spawnSync } from 'node:child_process';
import { machine, median, option, table } from '../parts/figures.mjs';
import { newDatabase, newFolder, startHerald } from '../parts/serving.mjs';

const seconds = Number(option('seconds', 4));
const rounds = Number(option('rounds', 5));
const clients = Number(option('clients', 64));
const count = Number(option('schemas', 1_000));

function rate(url) {
  const { stdout, status, stderr } = spawnSync('wrk', ['-t1', '-c32', `-d${seconds}s`, url], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`wrk: ${stderr || 'is not installed (apt-get install wrk)'}`);
  if (/Non-2xx/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]);
}

/** Two kilobytes, as a real record has. */
function schema(index) {
  const fields = Array.from({ length: 24 }, (_, field) => ({
    name: `field${field}_${index}`,
    type: 'string',
    doc: `What field ${field} says.`,
  }));
  return JSON.stringify({ type: 'record', name: `R${index}`, fields });
}

async function register(url, subject, text) {
  const response = await fetch(`${url}/apis/confluent/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: text }),
  });
  const body = await response.json();
  if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body.id;
}

async function agreement(url) {
  const began = performance.now();
  const texts = Array.from({ length: count }, (_, index) => schema(index));
  const told = await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const ids = [];
      // each begins elsewhere, so that all meet at every schema
      for (let step = 0; step < count; step += 1) {
        const index = (step + client * 7) % count;
        ids[index] = await register(url, `many-${index}`, texts[index]);
      }
      return ids.join(' ');
    }),
  );
  const answers = new Set(told).size;
  const distinct = new Set(told[0].split(' ')).size;
  return { answers, distinct, perSecond: Math.round((clients * count) / ((performance.now() - began) / 1_000)) };
}

const home = process.env.DATABASE_URL ? await newDatabase(process.env.DATABASE_URL) : newFolder();
const server = await startHerald(home.args);
try {
  const id = await register(server.url, 'looked-up', schema('x'));
  const own = `${server.url}/v1/schemas/${id}`;
  const theirs = `${server.url}/apis/confluent/schemas/ids/${id}`;
  for (const url of [own, theirs]) spawnSync('wrk', ['-t1', '-c32', '-d2s', url]);
  const pairs = Array.from({ length: rounds }, () => [rate(own), rate(theirs)]);
  const of = (index) => Math.round(median(pairs.map((pair) => pair[index])));
  console.log(machine());
  console.log(
    table(
      ['look-up by id', 'own /s', 'Confluent’s /s', 'ratio'],
      [['2 KB', of(0), of(1), median(pairs.map(([a, b]) => b / a)).toFixed(2)]],
    ),
  );
  const { answers, distinct, perSecond } = await agreement(server.url);
  console.log(
    `${clients} clients registered the same ${count} schemas: ${answers} answer, ${distinct} ids, ${perSecond} registrations a second`,
  );
  if (answers !== 1 || distinct !== count) process.exitCode = 1;
} finally {
  await server.stop();
  await home.remove();
}
