/**
 * Many writers through several server processes into one PostgreSQL (a database of its own on DATABASE_URL):
 *   node scripts/proof/contention.mjs [--servers 3] [--processes 1] [--writers 64] [--rounds 5]
 * `--servers` are registries on ports of their own; `--processes` is how many each of them runs behind its port. Writers meet on
 * one subject, stay apart, send the same content, and contradict each other; the result is held against every serial order.
 */
import { parseArgs } from 'node:util';
import { compare } from '../../dist/compat/index.js';
import { conclude, violationsFound } from '../parts/outcome.mjs';
import { ask, demand, newDatabase, plainCatalog, startHerald, toldToRetry, versionsAt } from '../parts/serving.mjs';
import { contentOf } from './content.mjs';
import { judge } from './laws.mjs';

const { values: options } = parseArgs({
  options: {
    servers: { type: 'string', default: '3' },
    processes: { type: 'string', default: '1' },
    writers: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
  },
});
if (!process.env.DATABASE_URL) throw new Error('contention.mjs needs DATABASE_URL');
const writers = Number(options.writers);
const rounds = Number(options.rounds);
const catalog = 'crowd';
const violations = violationsFound();
const acknowledged = [];
const counts = { created: 0, same: 0, incompatible: 0, toldToRetry: 0 };

/** One registration through one of the servers, again while it is told to come back. Answers the last answer. */
async function register(url, subject, document) {
  for (let attempt = 0; ; attempt += 1) {
    const { status, headers, body, error } = await ask(url, 'POST', versionsAt(catalog, subject), document);
    if (attempt < 60 && toldToRetry(status, headers, body)) {
      counts.toldToRetry += 1;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      continue;
    }
    note(subject, status, body, error);
    return { status, body };
  }
}

function note(subject, status, body, error) {
  if (status === 200 || status === 201) {
    counts[status === 201 ? 'created' : 'same'] += 1;
    acknowledged.push({ subject, number: body.number, id: body.id, fingerprint: body.fingerprint });
  } else if (status === 409 && body.error.code === 'INCOMPATIBLE') counts.incompatible += 1;
  else
    violations.add('an answer is 200, 201, 409 INCOMPATIBLE or 503 with Retry-After', {
      status,
      code: body?.error?.code,
      error: String(error?.cause ?? ''),
    });
}

const everyone = (work) => Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
const titled = (title, properties = {}) => ({ title, type: 'object', properties });

/** Writers on one subject, all of them compatible: each gets a number of its own. */
async function together(through) {
  const numbers = await everyone(async (writer) => {
    const given = [];
    for (let round = 0; round < rounds; round += 1)
      given.push((await register(through(writer + round), 'thing.together', titled(`${writer} ${round}`))).body.number);
    if (given.some((number, at) => at > 0 && number <= given[at - 1]))
      violations.add('who registers one after the other gets rising numbers', given);
    return given;
  });
  const expected = Array.from({ length: writers * rounds }, (_, index) => index + 1);
  if (JSON.stringify(numbers.flat().sort((a, b) => a - b)) !== JSON.stringify(expected))
    violations.add('compatible content of many writers gets consecutive numbers', numbers.flat());
}

/** Nobody meets anybody: each counts from one. */
async function apart(through) {
  await everyone(async (writer) => {
    for (let round = 0; round < rounds; round += 1) {
      const { status, body } = await register(
        through(writer + round),
        `thing.w${writer}`,
        titled(`${writer} ${round}`),
      );
      if (status !== 201 || body.number !== round + 1)
        violations.add('a writer alone on its subject counts from one', `${writer}: ${status} ${body.number}`);
    }
  });
}

/** One content, on one subject by all, then on a subject of each writer. */
async function identical(through) {
  for (let round = 0; round < rounds; round += 1) {
    const one = await everyone((writer) => register(through(writer), `thing.same${round}`, titled(`same ${round}`)));
    if (one.filter(({ status }) => status === 201).length !== 1 || one.some(({ body }) => body.number !== 1))
      violations.add(
        'the same content on one subject is one version, new to one writer',
        one.map(({ status, body }) => `${status} ${body.number}`),
      );
    const many = await everyone((writer) => register(through(writer), `thing.w${writer}`, titled(`one ${round}`)));
    if (new Set(many.map(({ body }) => body.id)).size !== 1)
      violations.add(
        'the same content has one id everywhere',
        many.map(({ body }) => body.id),
      );
  }
}

const types = ['string', 'integer', 'boolean'];

/** Each says of one of four properties what its type is; the first to say so is right for ever. */
async function contradicting(through) {
  const refused = [];
  await everyone(async (writer) => {
    for (let round = 0; round < rounds; round += 1) {
      const property = { [`p${(writer + round) % 4}`]: { type: types[(writer * 7 + round * 5) % 3] } };
      const document = titled(`${writer} ${round}`, property);
      const { status } = await register(through(writer + round), 'thing.disputed', document);
      if (status === 409) refused.push(document);
    }
  });
  return refused;
}

/** The history again, pair by pair, by the engine alone: what got in belongs together, what was refused did not belong to it. */
function judgeDisputed(history, refused) {
  for (const [at, next] of history.entries())
    for (const previous of history.slice(0, at))
      if (compare(previous.schema, next.schema).verdict !== 'compatible')
        violations.add('versions of one subject are compatible, each with every earlier one', [
          previous.number,
          next.number,
        ]);
  for (const document of refused)
    if (history.every(({ schema }) => compare(schema, document).verdict === 'compatible'))
      violations.add('what was refused contradicts the history', document);
}

async function historyOf(url, subject) {
  const { body } = await demand(url, 'GET', `${versionsAt(catalog, subject)}?limit=1000`);
  const numbers = body.items.map(({ number }) => number).reverse();
  return Promise.all(
    numbers.map(async (number) => (await demand(url, 'GET', `${versionsAt(catalog, subject)}/${number}`)).body),
  );
}

/** Every process hears what the others wrote; `latest` may be some seconds old. */
async function judgeAgreement(urls, subject, expected) {
  const until = Date.now() + 15_000;
  for (const url of urls)
    for (;;) {
      const { body } = await demand(url, 'GET', `${versionsAt(catalog, subject)}/latest`);
      if (body.number === expected) break;
      if (Date.now() > until) {
        violations.add('every server knows the latest version', `${url}: ${body.number}, not ${expected}`);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
}

const place = await newDatabase(process.env.DATABASE_URL);
const servers = await Promise.all(
  Array.from({ length: Number(options.servers) }, () => startHerald([...place.args, '--processes', options.processes])),
);
try {
  const urls = servers.map(({ url }) => url);
  const through = (index) => urls[index % urls.length];
  await demand(urls[0], 'PUT', `/v1/catalogs/${catalog}`, plainCatalog(catalog));
  // each must have heard of the catalog before it may refuse for want of it
  for (const url of urls) await demand(url, 'GET', `/v1/catalogs/${catalog}`);
  for (const phase of [together, apart, identical]) {
    await phase(through);
    console.log(`${phase.name}: ${JSON.stringify(counts)}`);
  }
  const refused = await contradicting(through);
  console.log(`contradicting: ${JSON.stringify(counts)}`);
  judgeDisputed(await historyOf(urls[0], 'thing.disputed'), refused);
  await judgeAgreement(urls, 'thing.together', writers * rounds);
} finally {
  for (const server of servers) await server.stop();
}
judge({ acknowledged, content: await contentOf(place.store, catalog), received: [] }, violations);
if (violations.count === 0) await place.remove();
conclude(
  `Contention, ${options.servers} servers of ${options.processes} processes, ${writers} writers, ${rounds} rounds`,
  {
    registrations: `${counts.created} new, ${counts.same} the same again, ${counts.incompatible} refused as incompatible`,
    'told to come back (503, Retry-After)': counts.toldToRetry,
  },
  violations,
);
