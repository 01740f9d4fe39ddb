/**
 * Every route of a running registry, driven over HTTP from the registry's own /openapi.json, with requests it should take and
 * requests broken in one place; then schemas made to be hard (bombs.mjs):
 *   node scripts/bench/fuzz.mjs [--requests 100000] [--in-flight 16] [--seed 1] [--minutes 600] [--bombs-only] [--no-bombs]
 * On a database of its own where DATABASE_URL is set, otherwise on a data folder. Violations: a 500; a status, content type or
 * body the document does not have; a refusal as malformed (400, 415) of what the document takes; memory that goes on growing; a
 * bomb that is not answered in `slowest` seconds, or that keeps others from being answered.
 */
import { Agent, request as send } from 'node:http';
import { parseArgs } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { bombs, changed, texts } from './bombs.mjs';
import { generator } from './generate.mjs';
import { randomFrom } from './random.mjs';
import { ask, demand, newDatabase, newFolder, plainCatalog, startHerald, versionsAt } from './serving.mjs';
import { slope } from './slope.mjs';
import { conclude, violationsFound } from './verdict.mjs';

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    'in-flight': { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '600' },
    'bombs-only': { type: 'boolean', default: false },
    'no-bombs': { type: 'boolean', default: false },
  },
});
const requests = options['bombs-only'] ? 0 : Number(options.requests);
const deadline = Date.now() + Number(options.minutes) * 60_000;
/** Seconds: a check may compute for 20, and wait for others'. */
const slowest = 45;
const violations = violationsFound();
const random = randomFrom(Number(options.seed));
const catalog = 'fuzzed';

const words = {
  catalog: [catalog],
  subject: ['thing.first', 'thing.second'],
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

/** A request the document takes, or one broken somewhere; `valid` says which. */
function requestFor({ path, method, operation }, { make, broken }) {
  const broke = random.next() < 0.5 ? random.pick(['path', 'query', 'body', 'body', 'type', 'text']) : undefined;
  const values = (where) =>
    operation.parameters
      .filter((one) => one.in === where && (one.required || random.next() < 0.3))
      .map((one) => {
        const value = make(one.schema, one.name);
        return [one.name, String(broke === where && random.next() < 0.7 ? stringOf(broken(value)) : value)];
      });
  const given = new Map(values('path'));
  const target = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(safe(given.get(name))));
  const query = new URLSearchParams(values('query').map(([name, value]) => [name, value.toWellFormed()]));
  if (broke === 'query') query.append(random.pick(['limit', 'nobodyKnows', 'q']), 'x');
  const search = query.size > 0 ? `?${query}` : '';
  const content = Object.entries(operation.requestBody?.content ?? {});
  if (content.length === 0)
    return {
      method,
      path: target + search,
      valid: broke === undefined || broke === 'body' || broke === 'type' || broke === 'text',
    };
  const [type, { schema, example }] = random.pick(content);
  const value = random.next() < 0.2 && example !== undefined ? example : make(schema, 'body');
  // "may stand once for all" is a condition the document can only put in words
  if (operation.operationId === 'check') value.catalog ??= catalog;
  const json = JSON.stringify(broke === 'body' ? broken(value) : value);
  const lines = type.endsWith('ndjson') ? `${JSON.stringify(make({}, ''))}\n{"a":1}\n` : json;
  return {
    method,
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
    if (asked.valid && /"code":"(PARAMETER_INVALID|BODY_NOT_JSON|MEDIA_TYPE_UNSUPPORTED)"/.test(answer.text))
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

async function fuzz(url, statuses) {
  const { body: document } = await demand(url, 'GET', '/openapi.json');
  const operations = operationsOf(document);
  const generate = generator(document, random, words);
  const judge = contract(document);
  const answered = new Map(operations.map(({ operation }) => [operation.operationId, new Set()]));
  const samples = [];
  const every = Math.max(100, Math.min(2_500, Math.floor(requests / 20)));
  let sent = 0;
  const one = async (upTo) => {
    while (sent < upTo && Date.now() < deadline) {
      const target = operations[sent % operations.length];
      sent += 1;
      const asked = requestFor(target, generate);
      const answer = await exchange(url, asked);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      answered.get(target.operation.operationId).add(answer.status);
      judge(target, asked, answer);
    }
  };
  while (sent < requests && Date.now() < deadline) {
    const upTo = Math.min(requests, sent + every);
    await Promise.all(Array.from({ length: Number(options['in-flight']) }, () => one(upTo)));
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // what is finished is let go of
    samples.push({ at: sent, megabytes: await memoryOf(url) });
    console.log(`${sent} requests, ${Math.round(samples.at(-1).megabytes)} MB, ${violations.count} violations`);
  }
  const never = [...answered].filter(([, seen]) => ![...seen].some((status) => status < 300)).map(([id]) => id);
  if (sent >= 5_000) judgeMemory(samples);
  return { sent, operations: operations.length, never, samples };
}

/** Caches fill first; what grows afterwards grows for ever. */
function judgeMemory(samples) {
  const settled = samples.slice(Math.floor(samples.length / 2));
  const growth = slope(settled.map(({ at, megabytes }) => [at, megabytes])) * (settled.at(-1).at - settled[0].at);
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
  for (const [at, [name, make]] of Object.entries(bombs).entries()) {
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
const herald = await startHerald(place.args, {
  LOG_LEVEL: 'error',
  HERALD_CACHE_BYTES: '4000000',
  HERALD_VALIDATORS: '20',
});
const facts = {};
try {
  await demand(herald.url, 'PUT', `/v1/catalogs/${catalog}`, plainCatalog(catalog));
  for (const [at, subject] of words.subject.entries())
    await demand(herald.url, 'POST', versionsAt(catalog, subject), {
      title: `${at}`,
      type: 'object',
      properties: { id: { type: 'string' } },
    });
  if (requests > 0) {
    const statuses = new Map();
    const { sent, operations, never, samples } = await fuzz(herald.url, statuses);
    facts.requests = `${sent} of ${requests} over ${operations} operations, seed ${options.seed}`;
    facts.statuses = [...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status} ×${count}`)
      .join(', ');
    facts['operations that never succeeded'] = never.join(', ') || 'none';
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
  agent.destroy();
  if (herald.printed().includes('"level":50')) console.log(herald.printed().slice(-4_000));
}
await place.remove();
conclude('Fuzz', facts, violations);
