/**
 * kill -9 at random moments while versions are registered over HTTP, again and again on the same data:
 *   node scripts/proof/crash.mjs [--storage folder|postgres] [--kills 200] [--lanes 1] [--writers 6] [--seed 1] [--minutes 600] [--drain]
 * `postgres` makes a database of its own on DATABASE_URL. Lanes are registries side by side, among which the kills are divided.
 * After every restart what was acknowledged since the last one is asked for over HTTP, and what was in doubt is sent again; every
 * twentieth time and at the end the store itself is read and held against the laws of laws.mjs. After `--minutes`
 * it ends with fewer kills than asked for, and says how many. `--drain` waits at the end until
 * everything is announced: up to a minute, since what a killed process was delivering stays claimed that long.
 */
import { parseArgs } from 'node:util';
import { conclude, violationsFound } from '../parts/outcome.mjs';
import {
  ask,
  demand,
  newDatabase,
  newFolder,
  plainCatalog,
  spawnHerald,
  toldToRetry,
  versionsAt,
} from '../parts/serving.mjs';
import { contentOf } from './content.mjs';
import { judge, laws, lawsOfRest } from './laws.mjs';
import { randomFrom } from './random.mjs';
import { startReceiver } from './receiver.mjs';

const { values: options } = parseArgs({
  options: {
    storage: { type: 'string', default: 'folder' },
    kills: { type: 'string', default: '200' },
    lanes: { type: 'string', default: '1' },
    writers: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '600' },
    drain: { type: 'boolean', default: false },
  },
});
const catalog = 'crash';
const deadline = Date.now() + Number(options.minutes) * 60_000;
const violations = violationsFound();
const seen = {
  kills: 0,
  whileStarting: 0,
  acknowledged: 0,
  toldToRetry: 0,
  inDoubt: 0,
  doubtStored: 0,
  inspections: 0,
  received: 0,
};

const place = async () => {
  if (options.storage === 'folder') return newFolder();
  if (!process.env.DATABASE_URL) throw new Error('--storage postgres needs DATABASE_URL');
  return newDatabase(process.env.DATABASE_URL);
};

/** What one writer sends next: mostly new content for its own or a shared subject, sometimes content another subject has. */
function nextDocument(random, state) {
  state.sent += 1;
  const own = `${state.lane}-${state.sent}`;
  const subject = random.next() < 0.4 ? `thing.${random.pick(['hot', 'warm'])}` : `thing.n${random.below(40)}`;
  const title = random.next() < 0.1 ? 'the same everywhere' : `number ${own}`;
  return { subject, document: { title, type: 'object', properties: { id: { type: 'string' } } } };
}

async function register(url, state, { subject, document }) {
  const { status, headers, body } = await ask(url, 'POST', versionsAt(catalog, subject), document);
  if (status === 200 || status === 201) {
    const { number, id, fingerprint } = body;
    state.acknowledged.push({ subject, number, id, fingerprint });
    return status;
  }
  if (status === 0) state.inDoubt.push({ subject, document });
  else if (toldToRetry(status, headers, body)) {
    // a crowd, or a machine with too much to do: no loss
    seen.toldToRetry += 1;
    await new Promise((resolve) => setTimeout(resolve, 200));
  } else
    violations.add('registrations are taken or the connection is lost', `${status} ${JSON.stringify(body?.error)}`);
  return status;
}

/** Until the registry is dead: one lost connection alone may be an idle one that was closed as it was used again. */
async function write(url, random, state) {
  while (!state.dead) await register(url, state, nextDocument(random, state));
}

/** Asks for what was acknowledged since the last look, and a few older ones. */
async function lookAgain(url, random, state) {
  const older = Array.from({ length: Math.min(10, state.seen) }, () => state.acknowledged[random.below(state.seen)]);
  for (const one of [...state.acknowledged.slice(state.seen), ...older]) {
    const { status, body } = await ask(url, 'GET', `${versionsAt(catalog, one.subject)}/${one.number}`);
    if (status !== 200 || body.id !== one.id || body.fingerprint !== one.fingerprint)
      violations.add('after a restart an acknowledged version is answered', { ...one, status, body });
  }
  state.seen = state.acknowledged.length;
}

/** A registration nobody heard the end of may be repeated: it is stored once, whether it was before or is now. */
async function settleDoubts(url, state) {
  const doubts = state.inDoubt.splice(0);
  seen.inDoubt += doubts.length;
  for (const doubt of doubts) if ((await register(url, state, doubt)) === 200) seen.doubtStored += 1;
}

async function prepare(url, receiver) {
  await demand(url, 'PUT', `/v1/catalogs/${catalog}`, plainCatalog(catalog));
  const { body } = await demand(url, 'GET', '/v1/webhooks');
  if (body.items.length === 0) await demand(url, 'POST', '/v1/webhooks', { url: receiver.url });
}

async function untilAcknowledged(state, count, ended) {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && state.acknowledged.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function killUnderLoad(herald, random, state, receiver) {
  const url = await herald.ready;
  state.dead = false;
  await prepare(url, receiver);
  await lookAgain(url, random, state);
  await settleDoubts(url, state);
  const writers = Array.from({ length: Number(options.writers) }, () => write(url, random, state));
  // not by the clock alone: on a busy machine nothing would have been acknowledged yet
  await untilAcknowledged(state, state.acknowledged.length + 1 + random.below(16), herald.ended);
  await new Promise((resolve) => setTimeout(resolve, random.below(30)));
  await herald.kill();
  state.dead = true;
  await Promise.all(writers);
}

async function killWhileStarting(herald, random) {
  seen.whileStarting += 1;
  await new Promise((resolve) => setTimeout(resolve, random.below(4_000)));
  await herald.kill();
}

async function inspect(where, state, receiver, table) {
  seen.inspections += 1;
  const content = await contentOf(where.store, catalog);
  judge({ acknowledged: state.acknowledged, content, received: receiver.received }, violations, table);
}

async function drain(where, env) {
  const herald = spawnHerald(where.args, env);
  const url = await herald.ready;
  const pending = async () =>
    Number(/^herald_outbox_pending (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? Number.NaN);
  const until = Date.now() + 300_000;
  while ((await pending()) !== 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 500));
  await herald.stop();
}

async function lane(number, kills) {
  const random = randomFrom(Number(options.seed) * 1_000 + number);
  const where = await place();
  const receiver = await startReceiver();
  const env = { HERALD_WEBHOOK_HOSTS: '127.0.0.1' };
  const state = { lane: number, sent: 0, acknowledged: [], seen: 0, inDoubt: [], dead: true };
  try {
    for (let kill = 1; kill <= kills && Date.now() < deadline; kill += 1) {
      const herald = spawnHerald(where.args, env);
      try {
        if (kill === 1 || random.next() < 0.15) await killWhileStarting(herald, random);
        else await killUnderLoad(herald, random, state, receiver);
      } finally {
        await herald.kill();
      }
      seen.kills += 1;
      if (kill % 20 === 0) await inspect(where, state, receiver, laws);
      if (kill % 5 === 0)
        console.log(
          `lane ${number}: ${kill} kills, ${state.acknowledged.length} acknowledged, ${violations.count} violations`,
        );
    }
    if (options.drain) await drain(where, env);
    await inspect(where, state, receiver, options.drain ? { ...laws, ...lawsOfRest } : laws);
  } finally {
    seen.acknowledged += state.acknowledged.length;
    seen.received += receiver.received.length;
    await receiver.close();
    if (violations.count === 0) await where.remove();
    else console.log(`kept for a look: ${where.args.join(' ')}`);
  }
}

const lanes = Number(options.lanes);
const share = (index) => Math.floor((Number(options.kills) + index) / lanes);
await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index, share(index))));
conclude(
  `Crash, ${options.storage}, seed ${options.seed}`,
  {
    kills: `${seen.kills} of ${options.kills}, of these ${seen.whileStarting} while starting`,
    registrations: `${seen.acknowledged} acknowledged; ${seen.toldToRetry} told to come back; ${seen.inDoubt} in doubt when killed, ${seen.doubtStored} of these were stored`,
    inspections: seen.inspections,
    announcements: `${seen.received} received`,
  },
  violations,
);
