import { expect, test } from 'vitest';
import * as z from 'zod';
import { bodyLimits, readBody } from '../src/http/body.ts';
import { respond } from '../src/http/reply.ts';
import { readEvents } from '../src/registry/validation/payloads.ts';
import { inTurns } from '../src/turns.ts';

function busy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('long work on many items leaves the thread to others in between, and keeps the order', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const results = await inTurns(
    Array.from({ length: 40 }, (_, index) => index),
    (item) => {
      busy(10);
      return item * 2;
    },
  );
  clearInterval(timer);
  expect(results).toEqual(Array.from({ length: 40 }, (_, index) => index * 2));
  expect(turns).toBeGreaterThanOrEqual(8);
});

test('work that waits is waited for', async () => {
  expect(await inTurns([1, 2], async (item) => item + 1)).toEqual([2, 3]);
});

/** The longest time, in milliseconds, that others had to wait for the thread while `work` went on. */
async function longestWait(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let going = true;
  const beat = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (going) setImmediate(beat);
  };
  setImmediate(beat);
  await work;
  going = false;
  return longest;
}

function batch(text: string): Promise<unknown> {
  const headers = { 'Content-Type': 'application/x-ndjson' };
  const request = new Request('http://127.0.0.1/', { method: 'POST', headers, body: text });
  return readBody({ kind: 'events', schema: z.json(), batch: true }, request, bodyLimits);
}

test('the lines of a batch are looked for in turns, however many are empty', async () => {
  const began = performance.now();
  const reading = batch(`${' \n'.repeat(1_000_000)}1\r\n\n2`);
  const longest = await longestWait(reading);
  expect(await reading).toEqual({ isBatch: true, texts: ['1', '2'], maxDepth: bodyLimits.depth });
  expect(longest).toBeLessThan((performance.now() - began) / 2);
});

test('the lines of a batch are parsed in turns', async () => {
  const line = JSON.stringify(
    Array.from({ length: 80 }, (_, index) => ({ name: `n${index}`, at: [index, { index }] })),
  );
  const texts = Array.from({ length: 2_000 }, () => line);
  const began = performance.now();
  const reading = readEvents({ isBatch: true, texts, maxDepth: bodyLimits.depth });
  const longest = await longestWait(reading);
  expect(await reading).toHaveLength(2_000);
  expect(longest).toBeLessThan((performance.now() - began) / 2);
});

test('a long text is sent in portions, and no character is torn', async () => {
  const text = `x${'𝄞'.repeat(700_000)}y`;
  const response = respond({ status: 200, text }, new Request('http://127.0.0.1/'), 'public');
  let chunks = 0;
  let received = '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of response.body ?? []) {
    chunks += 1;
    received += decoder.decode(chunk, { stream: true });
  }
  expect(chunks).toBeGreaterThan(2);
  expect(received === text).toBe(true);
});
