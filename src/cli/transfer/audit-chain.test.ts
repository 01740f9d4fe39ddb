import { expect, test } from 'vitest';
import { canonicalize, sha256 } from '../../schema/canonical.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import { headText, parseHead, verifyRows } from './audit-chain.ts';

function chain(entries: readonly JsonObject[]): JsonObject[] {
  let previousHash = '0'.repeat(64);
  return entries.map((entry, index) => {
    const sequence = index + 1;
    const hash = sha256(canonicalize({ entry, previousHash, sequence }));
    const row = { ...entry, sequence, previousHash, hash };
    previousHash = hash;
    return row;
  });
}

const whole = chain([{ actor: 'a' }, { actor: 'b' }, { actor: 'c' }, { actor: 'd' }]);
const head = { sequence: 4, hash: String(whole[3]?.hash) };

async function broken(rows: readonly Json[], anchor = undefined as typeof head | undefined): Promise<string> {
  const verified = await verifyRows(rows, anchor);
  return verified.ok ? 'whole' : `${verified.broken.sequence} ${verified.broken.what}`;
}

test('a whole chain is whole, and says its head', async () => {
  expect(await verifyRows(whole)).toEqual({ ok: true, head });
  expect(await verifyRows([])).toMatchObject({ ok: true, head: { sequence: 0 } });
});

test('a changed row is named', async () => {
  expect(await broken(whole.with(1, { ...whole[1], actor: 'mallory' }))).toMatch(/^2 was changed/);
});

test('a changed row with its hash made right again is caught by the row after it', async () => {
  const entry = { actor: 'mallory' };
  const previousHash = String(whole[1]?.previousHash);
  const hash = sha256(canonicalize({ entry, previousHash, sequence: 2 }));
  expect(await broken(whole.with(1, { ...entry, previousHash, hash, sequence: 2 }))).toMatch(/^3 does not follow/);
});

test('a missing row is named, with the one in its place', async () => {
  expect(await broken(whole.toSpliced(1, 1))).toBe('2 is missing: row 3 stands in its place');
});

test('rows that changed places are named, whether they kept their numbers or not', async () => {
  const [first, second, third] = whole as [JsonObject, JsonObject, JsonObject];
  expect(await broken([first, third, second])).toBe('2 is missing: row 3 stands in its place');
  expect(await broken([first, { ...third, sequence: 2 }, { ...second, sequence: 3 }])).toBe(
    '2 was moved here: it was row 3',
  );
});

test('a row twice is named', async () => {
  expect(await broken(whole.toSpliced(2, 0, whole[1]!))).toMatch(/^3 is not here: row 2 stands here again/);
});

test('a row appended beside the chain is named, with hashes or without', async () => {
  expect(await broken([...whole, { actor: 'x', sequence: 5 }])).toMatch(/^5 carries no place in the chain/);
  const previousHash = '0'.repeat(64);
  const hash = sha256(canonicalize({ entry: { actor: 'x' }, previousHash, sequence: 5 }));
  expect(await broken([...whole, { actor: 'x', sequence: 5, previousHash, hash }])).toMatch(/^5 does not follow/);
  expect(await broken([...whole, 'row'])).toBe('5 is no JSON object');
});

test('a cut tail is whole by itself, and seen against a head kept from before', async () => {
  expect(await broken(whole.slice(0, 3))).toBe('whole');
  expect(await broken(whole.slice(0, 3), head)).toBe('4 is missing: the end of the log was cut off');
  expect(await broken(whole.slice(0, 1), head)).toBe('2 and all up to 4 are missing: the end of the log was cut off');
  expect(await broken(whole, head)).toBe('whole');
  expect(await broken([...whole], { sequence: 2, hash: String(whole[1]?.hash) })).toBe('whole');
});

test('a log written anew from the start is seen against a head', async () => {
  const anew = chain([{ actor: 'a' }, { actor: 'b' }, { actor: 'c' }, { actor: 'mallory' }]);
  expect(await broken(anew)).toBe('whole');
  expect(await broken(anew, head)).toMatch(/^4 is not the row that the head names/);
});

test('a head is written and read', () => {
  expect(parseHead(headText(head))).toEqual(head);
  for (const text of ['', '4', `4:${'a'.repeat(63)}`, `-1:${'a'.repeat(64)}`, `4:${'A'.repeat(64)}`])
    expect(parseHead(text)).toBeUndefined();
});
