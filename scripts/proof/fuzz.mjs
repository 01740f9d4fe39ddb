/**
 * Every operation of a running registry's own /openapi.json, driven over HTTP with requests that should succeed (known-registry.mjs),
 * with others the document takes, and with requests broken in one place; then schemas made to be hard (bombs.mjs):
 *   node scripts/proof/fuzz.mjs [--requests 100000] [--in-flight 16] [--seed 1] [--minutes 600] [--bombs-only] [--no-bombs]
 *     [--from-bomb NAME]
 * On a database of its own where DATABASE_URL is set, otherwise on a data folder. Violations: a 500; a status, content type or
 * body the document does not have; a refusal as malformed (400, 415) of what the document takes; an operation that never succeeds,
 * or never refuses; memory that goes on growing; a bomb that is not answered in `slowest` seconds, or that keeps others from being
 * answered.
 */
import { Agent, request as send } from 'node:http';
import { parseArgs } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { conclude, violationsFound } from '../parts/outcome.mjs';
import { ask, demand, newDatabase, newFolder, startHerald, versionsAt } from '../parts/serving.mjs';
import { lineThrough } from '../parts/slope.mjs';
import { bombs, changed, texts } from './bombs.mjs';
import { generator } from './generate.mjs';
import { knownRegistry, rulesOf } from './known-registry.mjs';
import { randomFrom } from './random.mjs';
import { startReceiver } from './receiver.mjs';

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    'in-flight': { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '600' },
    'bombs-only': { type: 'boolean', default: false },
    'no-bombs': { type: 'boolean', default: false },
    'from-bomb': { type: 'string' },
  },
});
const requests = options['bombs-only'] ? 0 : Number(options.requests);
const deadline = Date.now() + Number(options.minutes) * 60_000;
/** Seconds: a check may compute for 20, and wait for others'. */
const slowest = 45;
const violations = violationsFound();
const random = randomFrom(Number(options.seed));
const catalog = 'fuzzed';

const lasting = ['thing.first', 'thing.second'];
/** What chance does to a subject must not take away what other requests need: there it may deprecate and register what it likes. */
const spoilt = ['thing.odd', 'thing.odder'];
const spoiling = /^(registerVersion|.*Deprecation|compareDeprecationPairs)$/;
/** The same of a catalog: its rules would refuse everything else. */
const spoiltCatalog = 'odd';

/** How often an operation is drawn for each time the heaviest are: what computes long or makes others longer, less. */
const weights = {
  usual: 12,
  ...Object.fromEntries(
    [
      'registerVersion',
      'putSettings',
      'putCatalog',
      'getArtifact',
      'compareVersions',
      'getMatrix',
      'exportAccess',
      'getDataMap',
      'declareConsumer',
      'withdrawConsumer',
      'acknowledgeDeprecation',
      'advanceDeprecation',
      'getDeprecation',
      'listDeprecations',
      'getDeprecationCalendar',
      'metrics',
    ].map((id) => [id, 3]),
  ),
  ...Object.fromEntries(
    [
      'announceDeprecation',
      'check',
      'compareDeprecationPairs',
      'createToken',
      'exportRegistry',
      'getAsyncApi',
      'getDeprecationPage',
      'giveWaiver',
      'importRegistry',
      'listTokens',
      'listWaivers',
      'addWebhook',
      'openapi',
      'docs',
    ].map((id) => [id, 1]),
  ),
};

/** How often each is drawn before weights count. */
const least = 12;

/** Operations without a law, each with its reason. */
const neverRefuses = Object.fromEntries(
  ['livez', 'readyz', 'metrics', 'openapi', 'docs', 'index'].map((id) => [id, 'takes any query and nothing else']),
);

const words = {
  catalog: [catalog],
  subject: lasting,
  service: ['alpha', 'beta'],
  version: ['1', 'latest', '2'],
  from: ['1'],
  to: ['1', 'latest'],
  limit: ['1', '10', '1000'],
  name: ['types.ts', 'schema.json', catalog],
  key: ['1', '2'],
  successor: ['thing.second'],
  transition: ['advance'],
  any: [
    'x',
    'thing.first',
    '1',
    'open',
    '2027-01-01',
    '/a',
    'ünï ✓',
    'a'.repeat(64),
    'thing.new',
    'P30D',
    'http://127.0.0.1:9/',
  ],
  members: ['a', 'id', 'type', 'title', 'required', '$ref', 'x-tags', 'constructor', '__proto__'],
};

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
}

const filled = (path, given) =>
  path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(safe(given.get(name) ?? 'x')));
const searched = (query) => (query.size > 0 ? `?${query}` : '');

/** What known-registry.mjs asks for, as a request. */
function requestOf({ path, method, operation }, { params = {}, query = {}, body, type }) {
  const given = new Map(Object.entries(params).map(([name, value]) => [name, String(value)]));
  const types = Object.keys(operation.requestBody?.content ?? {});
  return {
    method,
    params,
    path: filled(path, given) + searched(new URLSearchParams(query)),
    ...(body !== undefined && {
      type: type ?? types.find((one) => one.endsWith('json')) ?? types[0],
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
    valid: true,
  };
}

/** A request the document takes, or one broken somewhere; `valid` says which. */
function requestFor({ path, method, operation }, { make, broken }, isBroken) {
  words.subject = spoiling.test(operation.operationId) ? spoilt : lasting;
  words.catalog = [operation.operationId === 'putCatalog' ? spoiltCatalog : catalog];
  const content = Object.entries(operation.requestBody?.content ?? {});
  const parts = [
    'query',
    ...(operation.parameters.some((one) => one.in === 'path') ? ['path'] : []),
    ...(content.length > 0 ? ['body', 'body', 'type', 'text'] : []),
  ];
  const broke = isBroken ? random.pick(parts) : undefined;
  const values = (where) =>
    operation.parameters
      .filter((one) => one.in === where && (one.required || random.next() < 0.3))
      .map((one) => {
        const value = make(one.schema, one.name);
        return [one.name, String(broke === where && random.next() < 0.7 ? stringOf(broken(value)) : value)];
      });
  const given = new Map(values('path'));
  if (operation.operationId === 'putCatalog' && given.get('catalog') === catalog) given.set('catalog', spoiltCatalog);
  const params = Object.fromEntries(given);
  const target = filled(path, given);
  const query = new URLSearchParams(values('query').map(([name, value]) => [name, value.toWellFormed()]));
  // which levels and tags there are, the catalog says and not the document
  if (operation.operationId === 'getDataMap' && broke === undefined)
    for (const [name, value] of Object.entries({ level: 'open', tag: 'pii' }))
      if (query.has(name)) query.set(name, value);
  if (broke === 'query') query.append(random.pick(['limit', 'nobodyKnows', 'q']), 'x');
  const search = searched(query);
  if (content.length === 0) return { method, params, path: target + search, valid: broke === undefined };
  const [type, { schema, example }] = random.pick(content);
  const value = random.next() < 0.2 && example !== undefined ? example : make(schema, 'body');
  // "may stand once for all" is a condition the document can only put in words
  if (operation.operationId === 'check') value.catalog ??= catalog;
  if (operation.operationId === 'putCatalog' && typeof value.name === 'string') value.name = spoiltCatalog;
  const json = JSON.stringify(broke === 'body' ? broken(value) : value);
  const lines = type.endsWith('ndjson') ? `${JSON.stringify(make({}, ''))}\n{"a":1}\n` : json;
  return {
    method,
    params,
    path: target + search,
    type: broke === 'type' ? random.pick(['text/plain', 'application/json; charset=latin1', '']) : type,
    body:
      broke === 'text'
        ? random.pick([lines.slice(0, -1), '', '{', '\u0000', Buffer.from([0xff, 0xfe]), '['.repeat(2_000)])
        : lines,
    valid: broke === undefined,
  };
}

const stringOf = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
/** What a URL can hold: no lone surrogates, and none of the segments a client takes away before it sends. */
const safe = (text) => {
  const whole = text.toWellFormed().replace(/^\.{1,2}$/, 'dots');
  return whole === '' ? 'x' : whole;
};

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function exchange(url, { method, path, type, body }) {
  return new Promise((resolve) => {
    const headers = {
      ...(type !== undefined && type !== '' && { 'content-type': type }),
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    };
    const asked = send(`${url}${path}`, { method, agent, headers, timeout: slowest * 1_000 }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      );
      answer.on('error', (error) => resolve({ status: 0, headers: {}, text: String(error) }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', (error) => resolve({ status: 0, headers: {}, text: String(error) }));
    asked.end(body);
  });
}

/** Every answer against what the document says of it. */
function contract(document) {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'http://document/', ...document });
  const compiled = new Map();
  const validator = (pointer) => {
    if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `http://document/#${pointer}` }));
    return compiled.get(pointer);
  };
  const escaped = (step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
  return ({ path, method, operation }, asked, answer) => {
    const about = `${method} ${asked.path.slice(0, 200)} ${String(asked.body ?? '').slice(0, 300)} → ${answer.status} ${answer.text.slice(0, 400)}`;
    if (answer.status === 0) return violations.add('every request is answered', about);
    if (answer.status >= 500 && !(answer.status === 503 && answer.headers['retry-after']))
      return violations.add('no 500', about);
    if (!answer.headers['x-correlation-id']) violations.add('every answer has a correlation id', about);
    const spec = operation.responses[answer.status];
    if (!spec) return violations.add('the status is declared', about);
    if (
      asked.valid &&
      !withWindow.has(operation.operationId) &&
      /"code":"(PARAMETER_INVALID|BODY_NOT_JSON|MEDIA_TYPE_UNSUPPORTED)"/.test(answer.text)
    )
      violations.add('what the document takes is not refused as malformed', about);
    const [type] = (answer.headers['content-type'] ?? '').split(';');
    if (!spec.content)
      return answer.text === '' ? undefined : violations.add('an answer declared without a body has none', about);
    if (!(type in spec.content)) return violations.add('the content type is declared', `${type}: ${about}`);
    if (type.endsWith('ndjson') || !type.endsWith('json')) return undefined;
    const check = validator(
      ['', 'paths', path, method.toLowerCase(), 'responses', String(answer.status), 'content', type, 'schema']
        .map(escaped)
        .join('/'),
    );
    if (!check(JSON.parse(answer.text)))
      violations.add('the body matches its schema', `${ajv.errorsText(check.errors)}: ${about}`);
    return undefined;
  };
}

async function memoryOf(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)[1]) / 1e6;
}

/** What is done with an operation: asked what should succeed, what chance makes of the document, or that with something broken. */
const ways = ['known', 'valid', 'broken'];

/** First every operation in every way, then as often as each weighs, in an order and in ways of chance; again and again. */
function* drawn(operations) {
  for (let time = 0; time < least; time += 1)
    for (const one of operations) yield { one, way: ways[time % ways.length] };
  for (;;) {
    const round = operations.flatMap((one) => {
      const times = weights[one.operation.operationId] ?? weights.usual;
      return Array.from({ length: times }, () => ({ one, way: random.pick(ways), place: random.next() }));
    });
    yield* round.sort((left, right) => left.place - right.place);
  }
}

async function fuzz(url, statuses, receiver) {
  const { body: document } = await demand(url, 'GET', '/openapi.json');
  const operations = operationsOf(document);
  const byId = new Map(operations.map((one) => [one.operation.operationId, one]));
  const generate = generator(document, random, words);
  const known = knownRegistry(catalog, random, receiver);
  const judge = contract(document);
  const seen = new Map([...byId.keys()].map((id) => [id, { sent: 0, succeeded: 0, refused: 0, milliseconds: 0 }]));
  const samples = [];
  const every = Math.max(1_000, Math.min(2_500, Math.floor(requests / 20)));
  const draw = drawn(operations);
  let sent = 0;
  const tell = async (target, asked) => {
    sent += 1;
    const id = target.operation.operationId;
    const began = performance.now();
    const answer = await exchange(url, asked);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const row = seen.get(id);
    row.sent += 1;
    row.milliseconds += performance.now() - began;
    if (answer.status < 300) row.succeeded += 1;
    else if (answer.status >= 400 && answer.status < 500) row.refused += 1;
    judge(target, asked, answer);
    if (answer.status < 200 || answer.status >= 300) return answer;
    const next = known.learn(id, asked.params, read(answer));
    if (next !== undefined) await send(...next);
    return answer;
  };
  const send = (id, given) => tell(byId.get(id), requestOf(byId.get(id), given));
  const one = async (upTo) => {
    while (sent < upTo && Date.now() < deadline) {
      const { one: target, way } = draw.next().value;
      const given = way === 'known' ? await known.request(target.operation.operationId, send) : undefined;
      await tell(target, given ? requestOf(target, given) : requestFor(target, generate, way === 'broken'));
    }
  };
  const began = Date.now();
  while (sent < requests && Date.now() < deadline) {
    const upTo = Math.min(requests, sent + every);
    await Promise.all(Array.from({ length: Number(options['in-flight']) }, () => one(upTo)));
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // what is finished is let go of
    samples.push({ at: sent, megabytes: await memoryOf(url) });
    const rate = Math.round((sent * 1_000) / (Date.now() - began));
    console.log(
      `${sent} requests, ${rate}/s, ${Math.round(samples.at(-1).megabytes)} MB, ${violations.count} violations`,
    );
  }
  judgeCoverage(seen);
  if (sent >= 5_000) judgeMemory(samples);
  return { sent, seen, samples, seconds: (Date.now() - began) / 1_000 };
}

const read = ({ headers, text }) => (/[/+]json(;|$)/.test(headers['content-type'] ?? '') ? JSON.parse(text) : text);

/** Operations whose body may name days, of which only those near today are taken: a document cannot say so. */
const withWindow = new Set(['recordUsage']);

/** Operations that succeed only after others in an order chance does not find; their own tests make them succeed. */
const inAnOrder = new Set([
  'withdrawVersion',
  'withdrawWaiver',
  'getDeprecationCalendarAddress',
  'getDeprecationCalendarFeed',
  'propose',
  'getProposal',
  'decideProposal',
]);

function judgeCoverage(seen) {
  for (const [id, { sent, succeeded, refused }] of seen) {
    if (succeeded === 0 && !inAnOrder.has(id))
      violations.add('every operation succeeds at some time', `${id}: sent ${sent} times`);
    if (refused === 0 && !(id in neverRefuses))
      violations.add('every operation refuses at some time', `${id}: sent ${sent} times`);
    if (refused > 0 && id in neverRefuses) violations.add('what is said never to refuse does not', id);
  }
}

/** Caches fill first; what grows afterwards grows for ever. */
function judgeMemory(samples) {
  const settled = samples.slice(Math.floor(samples.length / 2));
  const growth =
    lineThrough(settled.map(({ at, megabytes }) => [at, megabytes])).slope * (settled.at(-1).at - settled[0].at);
  const most = 0.2 * settled[0].megabytes;
  if (growth > most) violations.add('memory does not go on growing', `${growth.toFixed(0)} MB in the second half`);
}

/** Each bomb by every way in, one after another; meanwhile others ask whether the registry lives. */
async function dropBombs(url) {
  const times = [];
  let calm = 0;
  let goesOn = true;
  const watch = (async () => {
    while (goesOn) {
      const began = performance.now();
      const { status, error } = await ask(url, 'GET', '/livez');
      if (status !== 200)
        violations.add(
          'while a bomb is looked at others are answered',
          `livez ${status} ${error?.cause ?? error ?? ''}`,
        );
      calm = Math.max(calm, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const drop = async (name, way, path, body) => {
    const began = performance.now();
    const answer = await exchange(url, { method: 'POST', path, type: 'application/json', body });
    const seconds = (performance.now() - began) / 1_000;
    const code = answer.text.startsWith('{') ? JSON.parse(answer.text).error?.code : undefined;
    times.push({ name, way, seconds, status: answer.status, code });
    if (answer.status === 0 || answer.status >= 500)
      violations.add('a bomb is taken or refused', `${name}, ${way}: ${answer.status} ${answer.text.slice(0, 300)}`);
    console.log(`  ${name}, ${way}: ${seconds.toFixed(1)} s, ${answer.status} ${code ?? ''}`);
    if (seconds > slowest) violations.add(`a bomb is answered in ${slowest} s`, `${name}, ${way}: ${seconds} s`);
  };
  for (const [name, make] of Object.entries(texts)) {
    const text = make();
    await drop(name, 'register', versionsAt(catalog, 'thing.text'), text);
    await drop(
      name,
      'check',
      '/v1/check',
      `{"catalog":"${catalog}","candidates":[{"subject":"thing.text","schema":${text}}]}`,
    );
    await drop(
      name,
      'check as text',
      '/v1/check',
      JSON.stringify({ catalog, candidates: [{ subject: 'thing.text', text }] }),
    );
    await drop(name, 'validate', `${versionsAt(catalog, 'thing.first')}/1/validate`, text);
  }
  const names = Object.keys(bombs);
  const from = options['from-bomb'] === undefined ? 0 : names.indexOf(options['from-bomb']);
  if (from < 0) throw new Error(`--from-bomb: there are ${names.join('; ')}`);
  for (const [at, [name, make]] of Object.entries(bombs).entries()) {
    if (at < from) continue;
    const schema = JSON.stringify(make());
    const other = JSON.stringify(changed(make()));
    const subject = `thing.b${at}`;
    const versions = versionsAt(catalog, subject);
    const asked = (document) => `{"catalog":"${catalog}","candidates":[{"subject":"${subject}","schema":${document}}]}`;
    await drop(name, 'check', '/v1/check', asked(schema));
    await drop(name, 'register', versions, schema);
    await drop(name, 'register a change', versions, other);
    await drop(name, 'check a change', '/v1/check', asked(other));
    await drop(name, 'validate', `${versions}/1/validate`, JSON.stringify('a'.repeat(100_000)));
    await drop(name, 'validate', `${versions}/1/validate`, '{"a":{"a":{}},"left":{"value":1}}');
  }
  goesOn = false;
  await watch;
  return { times, calm };
}

const place = process.env.DATABASE_URL ? await newDatabase(process.env.DATABASE_URL) : newFolder();
// small caches: they are full early, and what grows after that is a leak
const receiver = await startReceiver();
const environment = {
  LOG_LEVEL: 'error',
  HERALD_WEBHOOK_HOSTS: '127.0.0.1',
  HERALD_CACHE_BYTES: '4000000',
  HERALD_VALIDATORS: '20',
};
// what starts quickly answers slowly
const herald = await startHerald(place.args, environment, requests > 5_000 ? [] : undefined);
const facts = {};
try {
  await demand(herald.url, 'PUT', `/v1/catalogs/${catalog}`, rulesOf(catalog));
  for (const [at, subject] of [...lasting, ...spoilt].entries())
    await demand(herald.url, 'POST', versionsAt(catalog, subject), {
      title: `${at}`,
      type: 'object',
      properties: { id: { type: 'string' } },
    });
  if (requests > 0) {
    const statuses = new Map();
    const { sent, seen, samples, seconds } = await fuzz(herald.url, statuses, receiver.url);
    const rows = [...seen];
    facts.requests = `${sent} of ${requests} over ${seen.size} operations, seed ${options.seed}, in ${Math.round(seconds)} s`;
    facts.statuses = [...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status} ×${count}`)
      .join(', ');
    facts['the operations that succeeded least'] = rows
      .toSorted(([, a], [, b]) => a.succeeded - b.succeeded)
      .slice(0, 5)
      .map(([id, { succeeded, sent: times }]) => `${id} ${succeeded} of ${times}`)
      .join(', ');
    facts['where the time went'] = rows
      .toSorted(([, a], [, b]) => b.milliseconds - a.milliseconds)
      .slice(0, 8)
      .map(([id, row]) => `${id} ×${row.sent} at ${(row.milliseconds / row.sent).toFixed(0)} ms`)
      .join(', ');
    facts.memory = `${samples.map(({ megabytes }) => Math.round(megabytes)).join(', ')} MB`;
  }
  if (!options['no-bombs']) {
    const before = await memoryOf(herald.url);
    const { times, calm } = await dropBombs(herald.url);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const after = await memoryOf(herald.url);
    const worst = times.toSorted((a, b) => b.seconds - a.seconds).slice(0, 5);
    facts.bombs = `${Object.keys(bombs).length + Object.keys(texts).length}, ${times.length} requests`;
    facts['slowest bombs'] = worst
      .map((one) => `${one.name}, ${one.way}: ${one.seconds.toFixed(1)} s, ${one.status} ${one.code ?? ''}`)
      .join('; ');
    facts['longest wait of others meanwhile'] = `${(calm / 1_000).toFixed(2)} s`;
    facts['memory before and after the bombs'] = `${Math.round(before)} and ${Math.round(after)} MB`;
    if (after > 1_500) violations.add('bombs do not fill the memory', `${after} MB`);
  }
} finally {
  await herald.stop();
  await receiver.close();
  agent.destroy();
  if (herald.printed().includes('"level":50')) console.log(herald.printed().slice(-4_000));
}
await place.remove();
conclude('Fuzz', facts, violations);
