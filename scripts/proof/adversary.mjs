/**
 * One caller does all the harm it can, and others are watched meanwhile: a process of its own asks /livez, and a second caller
 * registers versions.
 *   node scripts/proof/adversary.mjs [--seconds 12] [--only NAME] [--limit 100] [--slow 3000] [--processes 1]
 * On a database of its own where DATABASE_URL is set, otherwise on a data folder. Violations: a registration of the second caller
 * that fails or takes longer than `--slow` milliseconds; an answer of /livez later than `--limit` milliseconds and the worst that was
 * seen before the attack; a process that ends, or that does not end when it is told to.
 */

import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { conclude, violationsFound } from '../parts/outcome.mjs';
import { newDatabase, newFolder, plainCatalog, startHerald, versionsAt } from '../parts/serving.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '12' },
    only: { type: 'string' },
    limit: { type: 'string', default: '100' },
    slow: { type: 'string', default: '3000' },
    processes: { type: 'string', default: '1' },
  },
});
const seconds = Number(options.seconds);
const limitMs = Number(options.limit);
const slowRegistrationMs = Number(options.slow);
const catalog = 'attacked';
const attackersPriority = 10;
/** What preparing an attack leaves behind is done by then, and others are watched for a while before it begins; less in a short form. */
const [settleMs, watchMs] = [Math.min(1_500, seconds * 250), Math.min(2_000, seconds * 500)];
const violations = violationsFound();

const secrets = Object.fromEntries(
  ['admin', 'honest', 'hostile', 'reader'].map((name) => [name, randomBytes(24).toString('hex')]),
);
const token = (name, role, services) => ({
  name,
  sha256: createHash('sha256').update(secrets[name]).digest('hex'),
  role,
  ...(services && { services }),
});
const tokens = [
  token('admin', 'admin'),
  token('honest', 'publisher', ['honest']),
  token('hostile', 'publisher', ['hostile']),
  token('reader', 'reader'),
];

let url = '';

async function ask(who, method, path, body, more = {}) {
  const began = performance.now();
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      signal: more.signal ?? AbortSignal.timeout(120_000),
      headers: {
        Authorization: `Bearer ${secrets[who]}`,
        ...(text !== undefined && { 'Content-Type': more.type ?? 'application/json' }),
      },
      ...(text !== undefined && { body: text }),
    });
    return { status: response.status, text: await response.text(), ms: performance.now() - began };
  } catch {
    return { status: 0, text: '', ms: performance.now() - began };
  }
}

async function must(who, method, path, body, more) {
  const answer = await ask(who, method, path, body, more);
  if (answer.status >= 300 || answer.status === 0)
    throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
  return answer;
}

const event = (producer, more = {}) => ({ type: 'object', 'x-contract': { producer }, ...more });
const register = (who, subject, more) => ask(who, 'POST', versionsAt(catalog, subject), event(who, more));
const many = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** As many callers as `lanes` repeat `work` until the time is up. */
async function repeatedly(lanes, until, work) {
  await Promise.all(
    many(lanes, async (lane) => {
      for (let round = 0; Date.now() < until(); round += 1) await work(lane, round);
    }),
  );
}

/** Sends the request and hangs up before it is answered. */
async function dropped(who, path, body, afterMs, type) {
  const signal = AbortSignal.timeout(afterMs);
  await ask(who, 'POST', path, body, { signal, type });
}

const hardCheck = { type: 'object', minProperties: 100_000, propertyNames: { pattern: '^[ab]{40}$' } };
const fan = (levels) => ({
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries(
    many(levels, (index) => [
      `d${index}`,
      index === levels - 1
        ? { type: 'string' }
        : { anyOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
    ]),
  ),
});
const conditions = {
  allOf: many(900, (index) => ({ if: { required: [`a${index}`] }, then: { required: [`b${index}`] } })),
};
const definitions = {
  properties: Object.fromEntries(many(2_000, (index) => [`p${index}`, { $ref: `#/$defs/d${index}` }])),
  $defs: Object.fromEntries(
    many(2_000, (index) => [`d${index}`, { type: 'string', maxLength: index + 1, pattern: '^[a-z]+$' }]),
  ),
};
/** Small, and much once they are compiled: each use of a definition is the whole definition again, a class is all its ranges. */
const inlined = (salt) => ({
  properties: Object.fromEntries(many(60, (index) => [`p${index}`, { $ref: '#/$defs/d' }])),
  $defs: { d: { properties: Object.fromEntries(many(60, (index) => [`q${salt}x${index}`, { type: 'string' }])) } },
});
const classes = (salt) => ({
  properties: Object.fromEntries(
    many(10, (index) => [`p${index}`, { type: 'string', pattern: `^${'\\p{L}'.repeat(20)}${salt}x${index}$` }]),
  ),
});
const middling = (salt) => ({
  properties: Object.fromEntries(many(90, (index) => [`p${salt}x${index}`, { type: 'string', minLength: index }])),
});
const uniques = { properties: { list: { allOf: many(1_000, () => ({ uniqueItems: true })) } } };
const recursion = {
  properties: { n: { $ref: '#/$defs/n' } },
  $defs: {
    n: {
      anyOf: [
        { properties: { n: { $ref: '#/$defs/n' } } },
        { properties: { n: { $ref: '#/$defs/n' } }, required: ['x'] },
        { type: 'string' },
      ],
    },
  },
};
const nest = (depth) => many(depth, () => 0).reduce((value) => ({ n: value }), 7);
const listed = { list: many(20_000, (index) => index) };
const mappings = [
  '$length($pad("x",500000000))',
  '($d := function($s, $n) {$n = 0 ? $s : $d($s & $s, $n - 1)}; $length($d("xxxx", 30)))',
  '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)',
  '[1..9999].[1..9999]',
];

/** A row is one attack: `prepare` before others are watched, `attack` until the time is up. */
const attacks = {
  'mappings that fill memory or never end': {
    prepare: async () => {
      for (const name of ['old', 'new'])
        await must('hostile', 'POST', versionsAt(catalog, `hostile.${name}`), event('hostile', { title: name }));
    },
    attack: (until) =>
      repeatedly(3, until, async (lane, round) => {
        const mapping = { backward: mappings[(lane + round) % mappings.length] };
        const plan = { successor: 'hostile.new', sunset: '2099-01-01', reason: 'none', migration: 'none', mapping };
        await ask('hostile', 'PUT', `/v1/catalogs/${catalog}/subjects/hostile.old/deprecation`, plan);
      }),
  },
  'files generated from references that fan out': {
    prepare: async () => {
      for (const [name, schema] of Object.entries({ fan: fan(30), conditions }))
        await must('hostile', 'POST', versionsAt(catalog, `hostile.${name}`), event('hostile', schema));
    },
    attack: (until) =>
      repeatedly(4, until, async (lane, round) => {
        const name = ['types.ts', 'redact.js', 'validator.js'][round % 3];
        const subject = lane % 2 ? 'fan' : 'conditions';
        await ask('reader', 'GET', `${versionsAt(catalog, `hostile.${subject}`)}/1/artifacts/${name}`);
      }),
  },
  'a whole catalog of large schemas as one document': {
    prepare: async () => {
      const filler = (index) => ({
        title: String(index),
        properties: { a: { enum: many(4_000, (at) => `${'x'.repeat(40)}${index}-${at}`) } },
      });
      const put = (index) =>
        must('hostile', 'POST', versionsAt(catalog, `hostile.large-${index}`), event('hostile', filler(index)));
      for (let index = 0; index < 40; index += 8) await Promise.all(many(8, (lane) => put(index + lane)));
    },
    attack: (until) => repeatedly(4, until, () => ask('reader', 'GET', `/v1/catalogs/${catalog}/asyncapi.json`)),
  },
  'validations that compile or run long': {
    prepare: async () => {
      for (const [name, schema] of Object.entries({ definitions, uniques, recursion }))
        await must('hostile', 'POST', versionsAt(catalog, `hostile.${name}`), event('hostile', schema));
    },
    attack: (until) =>
      repeatedly(4, until, async (lane) => {
        const at = (name) => `${versionsAt(catalog, `hostile.${name}`)}/1/validate`;
        if (lane === 0) await ask('hostile', 'POST', at('definitions'), { p1: 7 });
        if (lane === 1) await ask('hostile', 'POST', at('uniques'), listed);
        if (lane === 2) await ask('hostile', 'POST', at('recursion'), nest(40));
        const lines = many(2_000, () => JSON.stringify(nest(40))).join('\n');
        if (lane === 3) await dropped('hostile', at('recursion'), lines, 500, 'application/x-ndjson');
      }),
  },
  'schemas that are small and compile long, batches of nothing, envelopes': {
    prepare: async () => {
      const shapes = { inlined, classes, middling };
      for (const [name, make] of Object.entries(shapes))
        for (const salt of many(6, (index) => index))
          await must('hostile', 'POST', versionsAt(catalog, `hostile.${name}-${salt}`), event('hostile', make(salt)));
      const envelope = {
        schema: { type: 'object', ...inlined(0) },
        at: { type: '/type', payload: '/data' },
      };
      await must('admin', 'PUT', '/v1/catalogs/enveloped', { ...plainCatalog('enveloped'), envelope });
      await must('admin', 'POST', versionsAt('enveloped', 'hostile.event'), event('hostile'));
    },
    attack: (until) => {
      const nothing = ' \n'.repeat(3_900_000);
      const wholes = many(2_000, (index) => `{"type":"hostile.event","data":{"n":${index}}}`).join('\n');
      const at = (name, salt) => `${versionsAt(catalog, `hostile.${name}-${salt % 6}`)}/1/validate`;
      return repeatedly(6, until, async (lane, round) => {
        const name = ['inlined', 'classes', 'middling', 'middling'][lane];
        if (name) await ask('hostile', 'POST', at(name, round), { p0: 'x' });
        if (lane === 4) await ask('hostile', 'POST', at('middling', 0), nothing, { type: 'application/x-ndjson' });
        if (lane === 5)
          await ask('hostile', 'POST', '/v1/catalogs/enveloped/validate', wholes, { type: 'application/x-ndjson' });
      });
    },
  },
  'checks that are hard, and hang up': {
    prepare: async () => {},
    attack: async (until) => {
      const candidates = many(500, (index) => ({
        subject: `hostile.check-${index}`,
        schema: event('hostile', hardCheck),
      }));
      const body = JSON.stringify({ catalog, candidates });
      await Promise.all(many(31, () => dropped('reader', '/v1/check', body, 300)));
      await repeatedly(2, until, () => dropped('reader', '/v1/check', body, 1_000));
    },
  },
  'registrations that are hard': {
    prepare: async () => {},
    attack: (until) =>
      repeatedly(4, until, async (lane, round) => {
        const long = { type: 'array', minItems: 100_000, items: { type: 'string', minLength: 100_000 } };
        const one = lane % 2 ? { properties: { a: long } } : hardCheck;
        await register('hostile', `hostile.hard-${lane}-${round}`, one);
        await register('hostile', 'hostile.number', { maximum: `@0.1${'0'.repeat(200_000)}1` });
      }),
  },
  'refusals by the thousand': {
    prepare: async () => {},
    attack: (until) =>
      repeatedly(24, until, async (_, round) => {
        if (round % 2) await ask('reader', 'PUT', `/v1/catalogs/${catalog}`, {});
        else await ask('reader', 'GET', '/metrics');
      }),
  },
  'bodies that are not read': {
    prepare: async () => {},
    attack: async (until) => {
      const { hostname, port } = new URL(url);
      const head = `POST ${versionsAt(catalog, 'hostile.body')} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
      const piece = Buffer.from(`10000\r\n${' '.repeat(65_536)}\r\n`);
      await repeatedly(4, until, async () => {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => {});
        socket.write(head);
        while (!socket.destroyed && Date.now() < until()) {
          if (!socket.write(piece)) await Promise.race([new Promise((go) => socket.once('drain', go)), sleep(200)]);
        }
        socket.destroy();
      });
    },
  },
};

/** Registers small versions, one after the other. */
async function secondCaller(until) {
  const times = [];
  const failures = [];
  for (let round = 0; Date.now() < until(); round += 1) {
    const { status, text, ms } = await register('honest', `honest.event-${round}-${Date.now()}`, {
      title: String(round),
    });
    if (status === 201) times.push(ms);
    else failures.push(`${status} ${text.slice(0, 200)}`);
    await sleep(50);
  }
  return { times: times.toSorted((a, b) => a - b), failures };
}

function meter() {
  const child = fork(new URL('./waiting.mjs', import.meta.url), [url], { stdio: 'inherit' });
  return {
    read: () =>
      new Promise((resolve) => {
        child.once('message', resolve);
        child.send('read');
      }),
    end: () => child.kill(),
  };
}

async function watch(name, { prepare, attack }, herald, watching) {
  await prepare();
  await sleep(settleMs);
  await watching.read();
  await sleep(watchMs);
  const before = await watching.read();
  const end = Date.now() + seconds * 1_000;
  const until = () => end;
  const [others] = await Promise.all([secondCaller(until), attack(until)]);
  const during = await watching.read();
  const allowed = limitMs + before.longest;
  const slowest = others.times.at(-1) ?? Number.POSITIVE_INFINITY;
  const median = others.times[Math.floor(others.times.length / 2)] ?? Number.POSITIVE_INFINITY;
  console.log(
    `${name}: /livez longest ${during.longest.toFixed(0)} ms, p99 ${during.p99.toFixed(0)} ms of ${during.asked} (before: longest ${before.longest.toFixed(0)}); registrations ${others.times.length}, median ${median.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms, failed ${others.failures.length}`,
  );
  if (during.longest > allowed)
    violations.add(
      `others wait during "${name}"`,
      `${during.longest.toFixed(0)} ms, ${allowed.toFixed(0)} are allowed`,
    );
  if (during.failures > 0) violations.add(`/livez fails during "${name}"`, String(during.failures));
  for (const failure of others.failures) violations.add(`registrations fail during "${name}"`, failure);
  if (!(slowest <= slowRegistrationMs))
    violations.add(`registrations wait during "${name}"`, `${slowest.toFixed(0)} ms`);
  const ended = await Promise.race([herald.ended, sleep(0)]);
  if (ended) throw new Error(`the registry ended during "${name}": ${herald.printed()}`);
}

/** One receiver takes its time; another gets its announcements all the same. */
async function watchWebhooks() {
  const got = [];
  const receive = (waitMs) =>
    new Promise((resolve) => {
      const server = createServer((request, response) => {
        request.resume();
        if (waitMs === 0) got.push(performance.now());
        setTimeout(() => response.end(), waitMs);
      }).listen(0, '127.0.0.1', () => resolve(server));
    });
  const servers = [await receive(0), await receive(60_000)];
  for (const server of servers)
    await must('admin', 'POST', '/v1/webhooks', {
      url: `http://127.0.0.1:${server.address().port}/`,
      subjects: [`${catalog}/hooked.*`],
      types: [],
    });
  const began = performance.now();
  const count = 40;
  await Promise.all(
    many(count, (index) => register('admin', `hooked.event-${index}`, { 'x-contract': { producer: 'honest' } })),
  );
  for (const deadline = Date.now() + 60_000; got.length < count && Date.now() < deadline; ) await sleep(50);
  const last = (got.at(-1) ?? Number.POSITIVE_INFINITY) - began;
  console.log(
    `a slow webhook beside another: ${got.length} announcements delivered, the last after ${(last / 1_000).toFixed(1)} s`,
  );
  if (got.length < count || last > 8_000)
    violations.add('a slow webhook delays another', `${got.length} of ${count}, ${last.toFixed(0)} ms`);
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
}

/** Told to end in the middle of work that would take hours. */
async function watchEnd(herald) {
  const lines = many(2_000, () => JSON.stringify(nest(60))).join('\n');
  await ask('hostile', 'POST', versionsAt(catalog, 'hostile.last'), event('hostile', recursion));
  for (let lane = 0; lane < 4; lane += 1)
    void ask('hostile', 'POST', `${versionsAt(catalog, 'hostile.last')}/1/validate`, lines, {
      type: 'application/x-ndjson',
    });
  await sleep(1_000);
  const began = performance.now();
  const ended = await Promise.race([herald.stop(), sleep(30_000)]);
  const took = performance.now() - began;
  console.log(`SIGTERM in the middle of a batch: ended after ${(took / 1_000).toFixed(1)} s`);
  if (!ended || took > 15_000) violations.add('it does not end when it is told to', `${took.toFixed(0)} ms`);
  if (!ended) await herald.kill();
}

const home = process.env.DATABASE_URL ? await newDatabase(process.env.DATABASE_URL) : newFolder();
const herald = await startHerald([...home.args, '--processes', options.processes], {
  HERALD_TOKENS: JSON.stringify(tokens),
  HERALD_WEBHOOK_HOSTS: '127.0.0.1',
  HERALD_WORK_LIMIT: '0',
});
url = herald.url;
const watching = meter();
// attackers have machines of their own: what they spend on sending must not be taken from the registry
setPriority(process.pid, attackersPriority);
try {
  await must('admin', 'PUT', `/v1/catalogs/${catalog}`, plainCatalog(catalog));
  const isWanted = (name) => options.only === undefined || name.includes(options.only);
  for (const [name, attack] of Object.entries(attacks)) if (isWanted(name)) await watch(name, attack, herald, watching);
  if (isWanted('webhook')) await watchWebhooks();
  if (isWanted('SIGTERM')) await watchEnd(herald);
} finally {
  watching.end();
  await herald.kill();
  await home.remove();
}
conclude(
  'adversary',
  { seconds, storage: process.env.DATABASE_URL ? 'PostgreSQL' : 'folder', processes: options.processes },
  violations,
);
