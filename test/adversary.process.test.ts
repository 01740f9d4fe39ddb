/** The short form of `scripts/proof/adversary.mjs`: one caller does all the harm it can. */
import { test } from 'vitest';
import { proof } from './support/proof.ts';

test('holds nobody else up for seconds, and does not end the process', { timeout: 600_000 }, async () => {
  await proof('adversary', '--seconds', '2', '--limit', '3000', '--slow', '30000');
});
