/**
 * Short forms of the commands that try to break a registry (`scripts/proof/`; their long forms and last results stand in
 * `scripts/bench/RESULTS.md`). Each is the command itself, with smaller numbers, on the built registry.
 */
import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { databaseUrl } from './support/database.ts';

const scripts = new URL('../scripts/proof/', import.meta.url).pathname;

function run(script: string, ...args: string[]): Promise<{ readonly code: number | null; readonly printed: string }> {
  const child = spawn(process.execPath, [`${scripts}${script}.mjs`, ...args]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, printed })));
}

async function holds(script: string, ...args: string[]): Promise<void> {
  const { code, printed } = await run(script, ...args);
  expect(printed).toMatch(/^Holds\.$/m);
  expect(code, printed).toBe(0);
}

/** Seconds on a quiet machine; each of them starts registries. */
const timeoutMs = 600_000;

describe('kill -9 while versions are registered', () => {
  test(
    'loses nothing and says nothing that is not so, in a data folder',
    () => holds('crash', '--kills', '5'),
    timeoutMs,
  );
  test.skipIf(databaseUrl === undefined)(
    'loses nothing and says nothing that is not so, on PostgreSQL',
    () => holds('crash', '--storage', 'postgres', '--kills', '5'),
    timeoutMs,
  );
});

describe.skipIf(databaseUrl === undefined)('writers through several servers', () => {
  test('end in a serial order', () => holds('contention', '--writers', '12', '--rounds', '2'), timeoutMs);
});

describe('a clock that jumps a day and back', () => {
  test(
    'makes nothing fail, and everything is announced',
    () => holds('faults', '--only', 'clock', '--times', '2', '--seconds', '1'),
    timeoutMs,
  );
});

describe.skipIf(databaseUrl === undefined)('a network that swallows everything for a while', () => {
  test('is survived', () => holds('faults', '--only', 'stalled', '--times', '1', '--seconds', '1'), timeoutMs);
});

describe('one caller who does all the harm it can', () => {
  test(
    'holds nobody else up for seconds, and does not end the process',
    () => holds('adversary', '--seconds', '2', '--limit', '2000', '--slow', '30000'),
    timeoutMs,
  );
});

describe('every operation, asked rightly and wrongly', () => {
  test('answers as the OpenAPI document says', () => holds('fuzz', '--no-bombs', '--requests', '700'), timeoutMs);
});

describe('mixed load', () => {
  test(
    'leaves memory, handles and delay flat',
    () => holds('soak', '--seconds', '15', '--every', '0.5', '--pause', '5', '--slack', '2'),
    timeoutMs,
  );
});
