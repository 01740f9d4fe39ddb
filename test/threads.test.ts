/** Checks in threads, as built: a thread runs JavaScript. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rules } from '../src/check/input.ts';
import { emptyHistory } from '../src/check/input.ts';
import { noNeighbours } from '../src/policy/rule.ts';
import { inlineChecks } from '../src/registry/versions/checks.ts';
import { catalogShape } from '../src/schema/catalog.ts';
import { registryLimits } from '../src/schema/limits.ts';
import { workBudget } from '../src/threads/budget.ts';
import type { StartExecutor } from '../src/threads/executor.ts';
import type { Work } from '../src/threads/work.ts';

const built = new URL('../dist/threads/work.js', import.meta.url).href;
const { startWork }: typeof import('../src/threads/work.ts') = await import(built);

const catalog = catalogShape.parse({
  name: 'shop',
  title: 'Shop',
  names: { segments: [{ name: 'a', style: 'any' }], major: 'optional' },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public'] },
});
const rules: Rules = { catalog, waivers: [], neighbours: noNeighbours, limits: registryLimits, today: '2026-06-01' };
const candidate = { subject: 'order', source: { text: '{"type":"object","x-contract":{"producer":"orders"}}' } };

const { threadExecutor }: typeof import('../src/threads/executor.ts') = await import(
  new URL('../dist/threads/executor.js', import.meta.url).href
);

function threadOf(url: string): StartExecutor {
  return threadExecutor(new URL(url));
}

const someone = { queue: 'someone' };

/** A thread that never answers, one that dies, and one that is there for others. */
const stuck = threadOf(
  `data:text/javascript,${encodeURIComponent("import{parentPort}from'node:worker_threads';parentPort.on('message',()=>{for(;;);});parentPort.postMessage('ready')")}`,
);
const dying = threadOf(
  `data:text/javascript,${encodeURIComponent("import{parentPort}from'node:worker_threads';parentPort.on('message',()=>process.exit(1))")}`,
);

let pool: Work;
beforeAll(() => {
  pool = startWork({ concurrency: 2 });
});
afterAll(() => pool.close());

test('a thread says what this thread would say', async () => {
  const inline = await inlineChecks.check(candidate, emptyHistory, rules, someone);
  expect(await pool.check(candidate, emptyHistory, rules, someone)).toEqual(inline);
  const candidates = [candidate, candidate].map((one) => ({
    candidate: one,
    rules,
    content: undefined,
    createdAt: '',
  }));
  const ordered = { candidates, history: emptyHistory, issued: 0 };
  const inOrder = await inlineChecks.checkInOrder(ordered, someone);
  expect(inOrder.checked).toHaveLength(2);
  expect(await pool.checkInOrder(ordered, someone)).toEqual(inOrder);
});

test('many tasks share few threads and none is lost', async () => {
  const bundle = new Map();
  const version = (type: string) => ({
    document: { root: { type }, dialect: '2020-12', bundle } as const,
    fingerprint: type,
  });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      pool.compare(
        version('number'),
        version(index % 2 === 0 ? 'integer' : 'number'),
        { level: 'BACKWARD', limits: registryLimits },
        someone,
      ),
    ),
  );
  expect(answers.map(({ verdict }) => verdict)).toEqual(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'incompatible' : 'compatible')),
  );
});

test('a check that does not end is ended, this thread goes on meanwhile, and the next check is served', async () => {
  const hung = startWork({ concurrency: 1, timeoutMs: 200, thread: stuck });
  let beats = 0;
  const heart = setInterval(() => {
    beats += 1;
  }, 10);
  const first = hung.check(candidate, emptyHistory, rules, someone);
  const second = hung.check(candidate, emptyHistory, rules, someone);
  await expect(first).rejects.toMatchObject({ code: 'UNDECIDED', details: { reason: 'time' } });
  await expect(second).rejects.toMatchObject({ code: 'UNDECIDED' });
  clearInterval(heart);
  expect(beats).toBeGreaterThan(5);
  await hung.close();
});

test('what does not end is refused as what it was', async () => {
  const hung = startWork({ concurrency: 1, timeoutMs: 200, thread: stuck });
  const stored = { text: 'true', dialect: '2020-12', bundle: new Map() } as const;
  const generated = hung.artifact('types.ts', { catalog, subject: 'order', stored, contract: {} }, someone);
  await expect(generated).rejects.toMatchObject({ code: 'GENERATION_TOO_COSTLY', details: { reason: 'time' } });
  const validated = hung.validate({ key: '1', stored, formats: 'assert', payloads: { values: [1] } }, someone);
  await expect(validated).rejects.toMatchObject({ code: 'VALIDATION_TOO_COSTLY', details: { reason: 'time' } });
  await hung.close();
});

test('a fault comes out of a thread as it went in', async () => {
  const stored = { text: '{"$ref":"#/nowhere"}', dialect: '2020-12', bundle: new Map() } as const;
  const validated = pool.validate({ key: 'broken', stored, formats: 'assert', payloads: { values: [1] } }, someone);
  await expect(validated).rejects.toMatchObject({ name: 'Fault', code: 'SCHEMA_INVALID', status: 422 });
});

test('a thread that dies fails its own check only', async () => {
  const fragile = startWork({ concurrency: 1, thread: dying });
  await expect(fragile.check(candidate, emptyHistory, rules, someone)).rejects.toThrow('a thread ended');
  await expect(fragile.check(candidate, emptyHistory, rules, someone)).rejects.toThrow('a thread ended');
  await fragile.close();
});

test('past the number that may wait, callers are asked to come back', async () => {
  const full = startWork({ concurrency: 1, maxWaiting: 1, timeoutMs: 300, thread: stuck });
  const running = full.check(candidate, emptyHistory, rules, someone);
  const queued = full.check(candidate, emptyHistory, rules, someone);
  await expect(full.check(candidate, emptyHistory, rules, someone)).rejects.toMatchObject({ code: 'OVERLOADED' });
  await expect(running).rejects.toMatchObject({ code: 'UNDECIDED' });
  await expect(queued).rejects.toMatchObject({ code: 'UNDECIDED' });
  await full.close();
});

describe('callers', () => {
  /** Answers after as many milliseconds as the label says, holding its thread meanwhile. */
  const slow = threadOf(
    `data:text/javascript,${encodeURIComponent("import{parentPort}from'node:worker_threads';parentPort.on('message',({input})=>{const end=Date.now()+Number(input[0].subject);while(Date.now()<end);parentPort.postMessage({ok:true,result:input[0].subject})});parentPort.postMessage('ready')")}`,
  );
  const lasting = (milliseconds: number) => ({ ...candidate, subject: String(milliseconds) });
  const run = (work: Work, milliseconds: number, queue: string, signal?: AbortSignal) =>
    work.check(lasting(milliseconds), emptyHistory, rules, { queue, ...(signal && { signal }) });

  test('who fills the queue delays nobody else by more than the task that runs', async () => {
    const work = startWork({ concurrency: 1, maxExecutors: 1, thread: slow });
    const order: string[] = [];
    const note = (who: string) => () => void order.push(who);
    const flood = Array.from({ length: 20 }, () => run(work, 30, 'flood').then(note('flood')));
    const other = run(work, 1, 'other').then(note('other'));
    await Promise.all([...flood, other]);
    expect(order.indexOf('other')).toBeLessThan(3);
    await work.close();
  });

  test('a slow task does not hold up another caller, and the same caller has one thread', async () => {
    const work = startWork({ concurrency: 1, maxExecutors: 3, thread: slow, timeoutMs: 8_000 });
    const began = performance.now();
    const held = [run(work, 3_000, 'slow'), run(work, 3_000, 'slow')];
    await run(work, 1, 'other');
    expect(performance.now() - began).toBeLessThan(2_500);
    await Promise.all(held);
    expect(performance.now() - began).toBeGreaterThan(6_000);
    await work.close();
  }, 20_000);

  test('who has a slow task has no second thread while others may come', async () => {
    const work = startWork({ concurrency: 2, maxExecutors: 4, thread: slow, timeoutMs: 8_000 });
    const order: string[] = [];
    const note = (who: string) => () => void order.push(who);
    await Promise.all([run(work, 1, 'warm'), run(work, 1, 'warm')]);
    const held = run(work, 1_500, 'slow').then(note('slow'));
    await new Promise((resolve) => setTimeout(resolve, 600));
    const second = run(work, 1, 'slow').then(note('second'));
    await run(work, 1, 'other').then(note('other'));
    await Promise.all([held, second]);
    expect(order).toEqual(['other', 'slow', 'second']);
    await work.close();
  }, 20_000);

  test('who hangs up leaves the queue and the thread', async () => {
    const work = startWork({ concurrency: 1, maxExecutors: 1, thread: slow });
    const caller = new AbortController();
    const running = run(work, 60_000, 'gone', caller.signal);
    const waiting = run(work, 60_000, 'gone', caller.signal);
    const refusals = Promise.all([
      expect(running).rejects.toMatchObject({ code: 'CANCELLED' }),
      expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' }),
    ]);
    setTimeout(() => caller.abort(), 100);
    await refusals;
    const began = performance.now();
    await run(work, 1, 'other');
    expect(performance.now() - began).toBeLessThan(5_000);
    await work.close();
  }, 20_000);

  test('one caller may have so many tasks waiting, and others may wait still', async () => {
    const work = startWork({ concurrency: 1, maxExecutors: 1, maxWaitingPerCaller: 2, thread: slow });
    const held = [1, 2, 3].map(() => run(work, 50, 'many'));
    await expect(run(work, 50, 'many')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await run(work, 1, 'other');
    await Promise.all(held);
    await work.close();
  });

  test('closing ends what runs within a moment', async () => {
    const work = startWork({ concurrency: 1, thread: slow });
    const running = expect(run(work, 60_000, 'a')).rejects.toMatchObject({ code: 'CANCELLED' });
    const waiting = expect(run(work, 60_000, 'a')).rejects.toMatchObject({ code: 'CANCELLED' });
    const began = performance.now();
    await Promise.all([work.close(), running, waiting]);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('a caller causes so much work a minute, and hears when to come back', async () => {
    const clock = { time: 0 };
    const budget = workBudget(60, () => clock.time);
    const work = startWork({ concurrency: 1, thread: slow, budget });
    budget.spend('busy', 125_000);
    await expect(run(work, 1, 'busy')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfterSeconds: 5 },
    });
    await run(work, 1, 'other');
    clock.time = 5_001;
    await run(work, 1, 'busy');
    await work.close();
  });

  test('a task that several callers share counts for each of them, and is refused where one has used up its share', async () => {
    const clock = { time: 0 };
    const spent: [string, number][] = [];
    const budget = workBudget(60, () => clock.time);
    const noted: typeof budget = {
      ...budget,
      spend: (caller, milliseconds) => {
        spent.push([caller, milliseconds]);
        budget.spend(caller, milliseconds);
      },
    };
    const work = startWork({ concurrency: 1, thread: slow, budget: noted });
    const sharing = ['one', 'other', 'one'];
    const shared = () => work.check(lasting(30), emptyHistory, rules, { queue: 'one', sharing });
    await shared();
    expect(spent.map(([caller]) => caller)).toEqual(sharing);
    expect(new Set(spent.map(([, milliseconds]) => milliseconds)).size).toBe(1);
    expect(3 * spent[0]![1]).toBeGreaterThanOrEqual(29);
    budget.spend('other', 125_000);
    await expect(shared()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await work.close();
  });
});
