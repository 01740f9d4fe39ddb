/** Checks in threads, as built: a thread runs JavaScript. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Rules } from '../src/check/input.ts';
import { emptyHistory } from '../src/check/input.ts';
import { noNeighbours } from '../src/policy/rule.ts';
import { inlineChecks } from '../src/registry/versions/checks.ts';
import { catalogShape } from '../src/schema/catalog.ts';
import { registryLimits } from '../src/schema/limits.ts';
import type { CheckPool } from '../src/threads/pool.ts';

const built = new URL('../dist/threads/pool.js', import.meta.url).href;
const { checkPool }: typeof import('../src/threads/pool.ts') = await import(built);

const catalog = catalogShape.parse({
  name: 'shop',
  title: 'Shop',
  names: { segments: [{ name: 'a', style: 'any' }], major: 'optional' },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public'] },
});
const rules: Rules = { catalog, waivers: [], neighbours: noNeighbours, limits: registryLimits, today: '2026-06-01' };
const candidate = { subject: 'order', source: { text: '{"type":"object","x-contract":{"producer":"orders"}}' } };

/** A thread that never answers, one that dies, and one that is there for others. */
const stuck = new URL(
  `data:text/javascript,${encodeURIComponent("import{parentPort}from'node:worker_threads';parentPort.on('message',()=>{for(;;);});parentPort.postMessage('ready')")}`,
);
const dying = new URL(
  `data:text/javascript,${encodeURIComponent("import{parentPort}from'node:worker_threads';parentPort.on('message',()=>process.exit(1))")}`,
);

let pool: CheckPool;
beforeAll(() => {
  pool = checkPool({ threads: 2 });
});
afterAll(() => pool.close());

test('a thread says what this thread would say', async () => {
  const inline = await inlineChecks.check(candidate, emptyHistory, rules);
  expect(await pool.check(candidate, emptyHistory, rules)).toEqual(inline);
});

test('many tasks share few threads and none is lost', async () => {
  const bundle = new Map();
  const document = (type: string) => ({ root: { type }, dialect: '2020-12', bundle }) as const;
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      pool.compare(document('number'), document(index % 2 === 0 ? 'integer' : 'number'), { level: 'BACKWARD' }),
    ),
  );
  expect(answers.map(({ verdict }) => verdict)).toEqual(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'incompatible' : 'compatible')),
  );
});

test('a check that does not end is ended, this thread goes on meanwhile, and the next check is served', async () => {
  const hung = checkPool({ threads: 1, timeoutMs: 200, thread: stuck });
  let beats = 0;
  const heart = setInterval(() => {
    beats += 1;
  }, 10);
  const first = hung.check(candidate, emptyHistory, rules);
  const second = hung.check(candidate, emptyHistory, rules);
  await expect(first).rejects.toMatchObject({ code: 'UNDECIDED', details: { reason: 'time' } });
  await expect(second).rejects.toMatchObject({ code: 'UNDECIDED' });
  clearInterval(heart);
  expect(beats).toBeGreaterThan(5);
  await hung.close();
});

test('a thread that dies fails its own check only', async () => {
  const fragile = checkPool({ threads: 1, thread: dying });
  await expect(fragile.check(candidate, emptyHistory, rules)).rejects.toThrow('a thread ended');
  await expect(fragile.check(candidate, emptyHistory, rules)).rejects.toThrow('a thread ended');
  await fragile.close();
});

test('past the number that may wait, callers are told to come back', async () => {
  const full = checkPool({ threads: 1, maxWaiting: 1, timeoutMs: 300, thread: stuck });
  const running = full.check(candidate, emptyHistory, rules);
  const queued = full.check(candidate, emptyHistory, rules);
  await expect(full.check(candidate, emptyHistory, rules)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(running).rejects.toMatchObject({ code: 'UNDECIDED' });
  await expect(queued).rejects.toMatchObject({ code: 'UNDECIDED' });
  await full.close();
});
