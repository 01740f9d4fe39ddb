/**
 * Short forms of the commands that try to break a registry (`scripts/proof/`; their long forms and last results stand in
 * `scripts/bench/RESULTS.md`). Each is the command itself, with smaller numbers, on the built registry.
 */
import { describe, test } from 'vitest';
import { databaseUrl } from './support/database.ts';
import { proof } from './support/proof.ts';

/** Seconds on a quiet machine; each of them starts registries. */
const timeoutMs = 600_000;

describe('kill -9 while versions are registered', () => {
  test(
    'loses nothing and says nothing that is not so, in a data folder',
    () => proof('crash', '--kills', '5'),
    timeoutMs,
  );
  test.skipIf(databaseUrl === undefined)(
    'loses nothing and says nothing that is not so, on PostgreSQL',
    () => proof('crash', '--storage', 'postgres', '--kills', '5'),
    timeoutMs,
  );
});

describe.skipIf(databaseUrl === undefined)('writers through several servers', () => {
  test('end in a serial order', () => proof('contention', '--writers', '12', '--rounds', '1'), timeoutMs);
});

describe('a clock that jumps a day and back', () => {
  test(
    'makes nothing fail, and everything is announced',
    () => proof('faults', '--only', 'clock', '--times', '2', '--seconds', '1'),
    timeoutMs,
  );
});

describe.skipIf(databaseUrl === undefined)('a network that swallows everything for a while', () => {
  test('is survived', () => proof('faults', '--only', 'stalled', '--times', '1', '--seconds', '1'), timeoutMs);
});

describe('every operation, asked rightly and wrongly', () => {
  test('answers as the OpenAPI document says', () => proof('fuzz', '--no-bombs', '--requests', '700'), timeoutMs);
});

describe('mixed load', () => {
  test(
    'leaves memory, handles and delay flat',
    () => proof('soak', '--seconds', '15', '--every', '0.5', '--pause', '5', '--slack', '2'),
    timeoutMs,
  );
});
