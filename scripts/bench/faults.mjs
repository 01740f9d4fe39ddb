/**
 * Takes away what a registry stands on, under load, and gives it back:
 *   node scripts/bench/faults.mjs [--times 3] [--seconds 6] [--only NAME,…]
 * Scenarios: killed, terminated, cut, stalled (a PostgreSQL of its own, made with initdb), full-postgres, full-folder (a small tmpfs;
 * left out where mounting is not allowed). Meanwhile requests may fail with 503 and
 * Retry-After and in no other way, /readyz says 503 while nothing works, and afterwards everything works again by itself;
 * in the end what was acknowledged is held against the laws of laws.mjs.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newCluster } from './cluster.mjs';
import { contentOf } from './content.mjs';
import { gateTo } from './gate.mjs';
import { judge } from './laws.mjs';
import { ask, demand, plainCatalog, startHerald, statement, toldToRetry, versionsAt } from './serving.mjs';
import { conclude, violationsFound } from './verdict.mjs';

const { values: options } = parseArgs({
  options: {
    times: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    only: { type: 'string' },
  },
});
const times = Number(options.times);
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const outage = Number(options.seconds) * 1_000;
/** Milliseconds within which everything must work again. Reconnecting takes one second; the rest is for busy machines. */
const recovery = 60_000;
const catalog = 'weather';
const violations = violationsFound();

/** Asks all the time, and notes every answer. */
function load(url, scenario) {
  const acknowledged = [];
  const counts = new Map();
  let goesOn = true;
  const note = (what, { status, headers, body, error }, allowed) => {
    const code = status >= 400 ? ` ${body?.error?.code}` : '';
    const key = `${what} ${status}${code}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const retry = toldToRetry(status, headers, body);
    if (!allowed.includes(status) && !retry)
      violations.add(
        `${scenario}: a request is served, or refused with 503, a reason and Retry-After`,
        `${key} ${error?.cause ?? ''}`,
      );
  };
  const repeat = async (work) => {
    for (let round = 0; goesOn; round += 1) {
      await work(round);
      await wait(40);
    }
  };
  const register = (writer) => async (round) => {
    const subject = `thing.n${(writer + round) % 5}`;
    const answer = await ask(url, 'POST', versionsAt(catalog, subject), {
      title: `${writer} ${round} ${scenario}`,
      type: 'object',
    });
    note('register', answer, [200, 201]);
    const { number, id, fingerprint } = answer.body ?? {};
    if (answer.status === 201) acknowledged.push({ subject, number, id, fingerprint });
  };
  const get =
    (path, allowed = [200]) =>
    async () =>
      note(path, await ask(url, 'GET', path), allowed);
  const looks = [
    get(`${versionsAt(catalog, 'thing.first')}/1`),
    get(`${versionsAt(catalog, 'thing.first')}/latest`),
    get(`/v1/catalogs/${catalog}/subjects`),
    get('/readyz'),
    get('/livez'),
  ];
  const running = [...[0, 1, 2].map(register), ...looks].map(repeat);
  return {
    acknowledged,
    counts,
    stop: async () => {
      goesOn = false;
      await Promise.all(running);
    },
  };
}

async function untilReady(url, scenario) {
  const began = Date.now();
  for (;;) {
    const { status } = await ask(url, 'GET', '/readyz');
    if (status === 200) {
      const written = await ask(url, 'POST', versionsAt(catalog, 'thing.after'), { title: `${scenario} ${began}` });
      if (written.status === 201) return Date.now() - began;
    }
    if (Date.now() - began > recovery) {
      violations.add(`${scenario}: it works again by itself within ${recovery / 1_000} s`, `readyz ${status}`);
      return Number.NaN;
    }
    await wait(100);
  }
}

/** Whether /readyz says so, at some moment of an outage. */
async function saysUnready(url, milliseconds) {
  for (const until = Date.now() + milliseconds; Date.now() < until; await wait(100)) {
    const { status, headers, body } = await ask(url, 'GET', '/readyz');
    if (status === 503 && headers.has('retry-after') && body.error.code === 'STORE_UNAVAILABLE') return true;
  }
  return false;
}

/** Load, then `times` outages with a recovery each, then the laws. */
async function ordeal(scenario, place, { strike, heal, rest = async () => undefined, total = true }) {
  const herald = await startHerald(place.args, { LOG_LEVEL: 'error' });
  const told = [];
  const recoveries = [];
  try {
    await demand(herald.url, 'PUT', `/v1/catalogs/${catalog}`, plainCatalog(catalog));
    await demand(herald.url, 'POST', versionsAt(catalog, 'thing.first'), { title: 'first' });
    const under = load(herald.url, scenario);
    for (let time = 0; time < times; time += 1) {
      await wait(1_000);
      const began = Date.now();
      await strike();
      if (total) told.push(await saysUnready(herald.url, Math.max(outage, 20_000)));
      await wait(Math.max(0, outage - (Date.now() - began)));
      await heal();
      recoveries.push(await untilReady(herald.url, scenario));
    }
    await under.stop();
    if (told.includes(false)) violations.add(`${scenario}: /readyz says 503 while nothing works`, told);
    if (under.acknowledged.length === 0) violations.add(`${scenario}: something was registered at all`, '');
    await herald.stop();
    await rest();
    const all = under.acknowledged;
    judge({ acknowledged: all, content: await contentOf(place.store, catalog), received: [] }, violations);
    const answers = [...under.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `${key} ×${count}`);
    return `${times} times; ${all.length} acknowledged; back after ${recoveries.join(', ')} ms; ${answers.join(', ')}`;
  } finally {
    await herald.kill();
    if (violations.count > 0 && herald.printed().includes('"level"')) console.log(herald.printed().slice(-2_000));
  }
}

function onDatabase(url, through = url) {
  return { args: ['--database', through], store: { kind: 'postgres', url, connections: 2 } };
}

async function withCluster(work, parent) {
  const cluster = await newCluster(parent);
  try {
    cluster.start();
    return await work(cluster);
  } finally {
    cluster.remove();
  }
}

async function throughGate(scenario, blows, cluster) {
  const gate = await gateTo(Number(new URL(cluster.url).port));
  const through = new URL(cluster.url);
  through.port = String(gate.port);
  try {
    return await ordeal(scenario, onDatabase(cluster.url, through.href), blows(gate));
  } finally {
    gate.close();
  }
}

/** A file that leaves no room for anything else. */
function ballastIn(folder) {
  const path = join(folder, 'ballast');
  return {
    grow() {
      const file = openSync(path, 'a');
      try {
        for (const size of [1_048_576, 4_096, 1]) {
          try {
            for (;;) writeSync(file, Buffer.alloc(size));
          } catch (error) {
            if (error.code !== 'ENOSPC') throw error;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    drop: () => rmSync(path, { force: true }),
  };
}

/** `work` in a folder on a disk of so many megabytes. */
async function onSmallDisk(megabytes, work) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    return `left out: mounting a tmpfs is not allowed here (${String(error.stderr).trim()})`;
  }
  try {
    return await work(folder);
  } finally {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const nothing = async () => undefined;

/** A row is what happens to a registry, and how it is undone. */
const scenarios = {
  killed: () =>
    withCluster((cluster) =>
      ordeal('killed', onDatabase(cluster.url), {
        strike: async () => cluster.crash(),
        heal: async () => cluster.start(),
      }),
    ),
  terminated: () =>
    withCluster((cluster) =>
      ordeal('terminated', onDatabase(cluster.url), {
        total: false,
        heal: nothing,
        async strike() {
          const all = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'herald%'`;
          for (const until = Date.now() + outage; Date.now() < until; await wait(300))
            await statement(cluster.url, all);
        },
      }),
    ),
  cut: () =>
    withCluster((cluster) =>
      throughGate(
        'cut',
        (gate) => ({
          total: false,
          heal: nothing,
          async strike() {
            for (const until = Date.now() + outage; Date.now() < until; await wait(300)) gate.cut();
          },
        }),
        cluster,
      ),
    ),
  stalled: () =>
    withCluster((cluster) =>
      throughGate(
        'stalled',
        (gate) => ({ strike: async () => gate.stall(), heal: async () => gate.resume() }),
        cluster,
      ),
    ),
  'full-postgres': () =>
    onSmallDisk(120, (folder) => {
      const home = join(folder, 'cluster');
      mkdirSync(home);
      const ballast = ballastIn(folder);
      return withCluster(
        (cluster) =>
          ordeal('full-postgres', onDatabase(cluster.url), {
            total: false,
            strike: async () => ballast.grow(),
            async heal() {
              ballast.drop();
              // without room for its log PostgreSQL ends itself, and somebody has to start it again
              if (!cluster.isRunning()) cluster.start();
            },
          }),
        home,
      );
    }),
  'full-folder': () =>
    onSmallDisk(160, (folder) => {
      const ballast = ballastIn(folder);
      const path = join(folder, 'data');
      return ordeal(
        'full-folder',
        { args: ['--data', path], store: { kind: 'folder', path } },
        {
          total: false,
          strike: async () => ballast.grow(),
          heal: async () => ballast.drop(),
        },
      );
    }),
};

const wanted = options.only === undefined ? Object.keys(scenarios) : options.only.split(',');
const facts = {};
for (const name of wanted) {
  if (!Object.hasOwn(scenarios, name))
    throw new Error(`--only: there is no "${name}"; there are ${Object.keys(scenarios)}`);
  facts[name] = await scenarios[name]();
  console.log(`${name}: ${facts[name]}`);
}
conclude('Faults', facts, violations);
