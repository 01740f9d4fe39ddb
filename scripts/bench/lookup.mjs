/**
 * Look-ups over HTTP beside bare node:http returning the same bytes: `npm run bench:lookup -- [--seconds 4] [--rounds 5]`.
 * `wrk` drives both in turn, one connection set, one core each; the ratio is taken round by round. With DATABASE_URL also two
 * processes behind one port. Besides rates it prints processor time for each request, which other people's load disturbs less.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { machine, median, option, quantile, table } from '../parts/figures.mjs';
import { demand, newDatabase, newFolder, processorTime, putPlainCatalog, startHerald } from '../parts/serving.mjs';

const seconds = Number(option('seconds', 4));
const rounds = Number(option('rounds', 5));

/** Two kilobytes of schema, as a real event has. */
function document() {
  const properties = Object.fromEntries(
    Array.from({ length: 24 }, (_, index) => [
      `field${index}`,
      { type: 'string', maxLength: 100 + index, description: `What field ${index} says.` },
    ]),
  );
  return { type: 'object', required: ['field0'], properties };
}

function drive(url, pid) {
  const before = processorTime(pid);
  const { stdout, status, stderr } = spawnSync('wrk', ['-t1', '-c32', `-d${seconds}s`, '--latency', url], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`wrk: ${stderr || 'is not installed (apt-get install wrk)'}`);
  if (/Non-2xx/.test(stdout)) throw new Error(stdout);
  const requests = Number(/(\d+) requests in/.exec(stdout)[1]);
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    p99: /^\s+99%\s+(\S+)/m.exec(stdout)[1],
    micros: ((processorTime(pid) - before) * 1_000) / requests,
  };
}

const bare = fileURLToPath(new URL('bare.mjs', import.meta.url));
const at = '/v1/catalogs/bench/subjects/thing.done/versions';

async function prepared(server) {
  await putPlainCatalog(server.url);
  await demand(server.url, 'POST', at, document());
  return server;
}

async function yardstickFor(text) {
  const child = spawn(process.execPath, [bare, text], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await once(child.stdout, 'data');
  return { url: /listens on (\S+)/.exec(printed)[1], pid: child.pid, stop: () => child.kill() };
}

/** `alone`: whether the process asked is the one that answers, so that its processor time says something. */
async function measure(name, server, alone) {
  const text = await (await fetch(`${server.url}${at}/1`)).text();
  const yardstick = await yardstickFor(text);
  const paths = [
    ['pinned version', `${at}/1`],
    ['latest', `${at}/latest`],
  ];
  for (const url of [yardstick.url, ...paths.map(([, path]) => server.url + path)]) {
    spawnSync('wrk', ['-t1', '-c32', '-d2s', url]);
  }
  const rows = [];
  for (const [what, path] of paths) {
    const pairs = Array.from({ length: rounds }, () => [
      drive(yardstick.url, yardstick.pid),
      drive(server.url + path, server.pid),
    ]);
    const of = (index, key) => median(pairs.map((pair) => pair[index][key]));
    rows.push([
      name,
      what,
      Math.round(of(0, 'rate')),
      Math.round(of(1, 'rate')),
      median(pairs.map(([a, b]) => b.rate / a.rate)).toFixed(2),
      alone ? median(pairs.map(([a, b]) => a.micros / b.micros)).toFixed(2) : '-',
      alone ? `${of(0, 'micros').toFixed(1)} / ${of(1, 'micros').toFixed(1)}` : '-',
      quantile(
        pairs.map(([, b]) => b.p99),
        0.5,
      ),
    ]);
  }
  yardstick.stop();
  return rows;
}

const rows = [];
const folder = newFolder();
const one = await prepared(await startHerald(folder.args, {}, []));
rows.push(...(await measure('one process', one, true)));
await one.stop();
await folder.remove();

if (process.env.DATABASE_URL) {
  const database = await newDatabase(process.env.DATABASE_URL);
  const two = await prepared(await startHerald([...database.args, '--processes', '2'], {}, []));
  rows.push(...(await measure('two processes', two, false)));
  await two.stop();
  await database.remove();
}

console.log(`Look-ups, wrk -t1 -c32 -d${seconds}s, ${rounds} rounds in turn. ${machine()}\n`);
console.log(
  table(
    ['server', 'look-up', 'bare /s', 'Herald /s', 'ratio of rates', 'ratio of processor time', 'µs a request', 'p99'],
    rows,
  ),
);
