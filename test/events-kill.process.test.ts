/** Short form of `scripts/proof/events-kill.mjs`: relays killed at random lose nothing and change no order. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { databaseUrl } from './support/database.ts';

const script = new URL('../scripts/proof/events-kill.mjs', import.meta.url).pathname;

test.skipIf(databaseUrl === undefined || process.env.REDIS_URL === undefined)(
  'kill -9 of relays loses no event and changes no order',
  async () => {
    const child = spawn(process.execPath, [script, '--kills', '8', '--every', '500']);
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(printed).toMatch(/^Holds\.$/m);
    expect(code, printed).toBe(0);
  },
  300_000,
);
