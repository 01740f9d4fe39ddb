/**
 * Takes away what a registry stands on, under load, and gives it back:
 *   node scripts/proof/faults.mjs [--times 3] [--seconds 6] [--only NAME,…]
 * Scenarios: killed, terminated, full-postgres, full-postgres-log (a PostgreSQL of its own, made with initdb); cut, stalled (a
 * database of DATABASE_URL, or such a PostgreSQL); full-folder, clock (a data folder). Full disks are small tmpfs, and left out where mounting is not allowed.
 * Meanwhile requests may fail with 503 and Retry-After and in no other way, /readyz says 503 while nothing works, and afterwards
 * everything works again by itself within `recovery`; a clock that jumps a day ahead and back, or back and ahead, makes nothing fail.
 * In the end what was acknowledged is held against the laws of laws.mjs.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { conclude, violationsFound } from '../parts/outcome.mjs';
import {
  ask,
  demand,
  newDatabase,
  newFolder,
  plainCatalog,
  startHerald,
  statement,
  toldToRetry,
  versionsAt,
} from '../parts/serving.mjs';
import { newCluster } from './cluster.mjs';
import { contentOf } from './content.mjs';
import { gateTo } from './gate.mjs';
import { jumpingClock } from './jumping-clock.mjs';
import { judge, laws, lawsOfRest } from './laws.mjs';
import { startReceiver } from './receiver.mjs';

const { values: options } = parseArgs({
  options: {
    times: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    only: { type: 'string' },
  },
});
const times = Number(options.times);
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** The same, but nothing is kept running for its sake. */
const patience = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
const outage = Number(options.seconds) * 1_000;
/** Milliseconds within which everything must work again. Reconnecting takes one second; the rest is for busy machines. */
const recovery = 10_000;
const day = 86_400_000;
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
    const silence = patience(until - Date.now()).then(() => ({ status: 0 }));
    const { status, headers, body } = await Promise.race([ask(url, 'GET', '/readyz'), silence]);
    if (status === 503 && headers.has('retry-after') && body.error.code === 'STORE_UNAVAILABLE') return true;
  }
  return false;
}

/**
 * Load, then `times` outages with a recovery each, then the laws. `total`: nothing works meanwhile, and /readyz says so. `harmless`:
 * nothing may fail at all.
 */
async function ordeal(scenario, place, { strike, heal, total = true, harmless = false, table = laws }) {
  const receiver = await startReceiver();
  const env = { LOG_LEVEL: 'error', HERALD_WEBHOOK_HOSTS: '127.0.0.1', ...place.env };
  const herald = await startHerald(place.args, env, place.flags);
  const told = [];
  const recoveries = [];
  try {
    await demand(herald.url, 'PUT', `/v1/catalogs/${catalog}`, plainCatalog(catalog));
    await demand(herald.url, 'POST', '/v1/webhooks', { url: receiver.url });
    await demand(herald.url, 'POST', versionsAt(catalog, 'thing.first'), { title: 'first' });
    const under = load(herald.url, scenario);
    for (let time = 0; time < times; time += 1) {
      await wait(1_000);
      const began = Date.now();
      await strike(herald, time, receiver);
      if (total) told.push(await saysUnready(herald.url, Math.max(outage, 20_000)));
      await wait(Math.max(0, outage - (Date.now() - began)));
      await heal(herald, time, receiver);
      recoveries.push(await untilReady(herald.url, scenario));
    }
    await under.stop();
    if (told.includes(false)) violations.add(`${scenario}: /readyz says 503 while nothing works`, told);
    if (under.acknowledged.length === 0) violations.add(`${scenario}: something was registered at all`, '');
    if (harmless && [...under.counts.keys()].some((key) => / [45]\d\d /.test(key)))
      violations.add(`${scenario}: nothing fails`, [...under.counts]);
    if (table !== laws) await untilAnnounced(herald.url);
    if ((await Promise.race([herald.stop(), patience(20_000)])) === undefined)
      violations.add(`${scenario}: it ends within 20 s of being told to`, '');
    await herald.kill();
    const all = under.acknowledged;
    const { received } = receiver;
    judge({ acknowledged: all, content: await contentOf(place.store, catalog), received }, violations, table);
    const answers = [...under.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `${key} ×${count}`);
    return `${times} times; ${all.length} acknowledged; back after ${recoveries.join(', ')} ms; ${answers.join(', ')}`;
  } finally {
    await herald.kill();
    await receiver.close();
    if (violations.count > 0 && herald.printed().includes('"level"')) console.log(herald.printed().slice(-2_000));
  }
}

async function untilAnnounced(url) {
  const waiting = async () => /^herald_outbox_pending (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
  for (const until = Date.now() + recovery; Date.now() < until && (await waiting()) !== '0'; ) await wait(100);
}

/** Writes what cannot be compressed until there is no room for it: the space a database has already must be used up first. */
async function untilRefused(url, state, scenario) {
  for (let written = 0; written < 200; written += 1) {
    const document = { title: scenario, description: randomBytes(200_000).toString('base64') };
    const { status, headers, body, error } = await ask(url, 'POST', versionsAt(catalog, 'thing.large'), document);
    if (toldToRetry(status, headers, body)) {
      if (state !== undefined && body.error.details.sqlState !== state)
        violations.add(`${scenario}: the refusal says that the disk is full`, body);
      return;
    }
    if (status !== 201) violations.add(`${scenario}: written, or told to come back`, `${status} ${error ?? ''}`);
  }
  violations.add(`${scenario}: the disk gets full`, '');
}

function onDatabase(url, through = url) {
  return { args: ['--database', through], store: { kind: 'postgres', url, connections: 2 } };
}

async function withCluster(work, places) {
  const cluster = await newCluster(places);
  try {
    cluster.start();
    return await work(cluster);
  } finally {
    cluster.remove();
  }
}

/** On a database of DATABASE_URL where there is one: a gate needs no PostgreSQL of its own. */
async function throughGate(scenario, blows) {
  if (!process.env.DATABASE_URL) return withCluster(({ url }) => behindGate(scenario, blows, url));
  const database = await newDatabase(process.env.DATABASE_URL);
  const summary = await behindGate(scenario, blows, database.store.url);
  await database.remove();
  return summary;
}

async function behindGate(scenario, blows, url) {
  const through = new URL(url);
  const gate = await gateTo(Number(through.port || 5432), through.hostname);
  through.hostname = '127.0.0.1';
  through.port = String(gate.port);
  try {
    // with few connections none can be stuck and not be missed
    const place = { ...onDatabase(url, through.href), env: { HERALD_CONNECTIONS: '2' } };
    return await ordeal(scenario, place, blows(gate));
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
    throughGate('cut', (gate) => ({
      total: false,
      heal: nothing,
      async strike() {
        for (const until = Date.now() + outage; Date.now() < until; await wait(300)) gate.cut();
      },
    })),
  stalled: () =>
    throughGate('stalled', (gate) => ({ strike: async () => gate.stall(), heal: async () => gate.resume() })),
  /** Its tables have no room, its log has. */
  'full-postgres': () =>
    onSmallDisk(90, (folder) => {
      const home = join(folder, 'cluster');
      mkdirSync(home);
      const ballast = ballastIn(folder);
      return withCluster(
        (cluster) =>
          ordeal('full-postgres', onDatabase(cluster.url), {
            total: false,
            async strike({ url }) {
              ballast.grow();
              await untilRefused(url, '53100', 'full-postgres');
            },
            heal: async () => ballast.drop(),
          }),
        { parent: home, log: mkdtempSync(join(tmpdir(), 'herald-wal-')) },
      );
    }),
  /** Nothing has room. Where it is the log that finds none PostgreSQL ends itself, and somebody has to start it again. */
  'full-postgres-log': () =>
    onSmallDisk(120, (folder) => {
      const home = join(folder, 'cluster');
      mkdirSync(home);
      const ballast = ballastIn(folder);
      return withCluster(
        (cluster) =>
          ordeal('full-postgres-log', onDatabase(cluster.url), {
            total: false,
            async strike({ url }) {
              ballast.grow();
              await untilRefused(url, undefined, 'full-postgres-log');
            },
            async heal() {
              ballast.drop();
              if (!cluster.isRunning()) cluster.start();
            },
          }),
        { parent: home },
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
          async strike({ url }) {
            ballast.grow();
            await untilRefused(url, '53100', 'full-folder');
          },
          heal: async () => ballast.drop(),
        },
      );
    }),
  /** First a day ahead and back, then a day back and ahead again. Its registry announces everything all the same. */
  clock: async () => {
    const place = newFolder();
    const clock = jumpingClock();
    try {
      return await ordeal(
        'clock',
        { ...place, flags: clock.flags },
        {
          total: false,
          harmless: true,
          table: { ...laws, ...lawsOfRest },
          // what is refused now is put off by a clock that is wrong
          async strike({ pid }, time, receiver) {
            receiver.refuse(true);
            clock.jump(pid, time % 2 === 0 ? day : -day);
          },
          async heal({ pid }, _, receiver) {
            receiver.refuse(false);
            clock.jump(pid, 0);
          },
        },
      );
    } finally {
      clock.remove();
      await place.remove();
    }
  },
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
