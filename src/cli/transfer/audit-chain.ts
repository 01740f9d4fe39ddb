/**
 * Verifies an audit log from its rows alone, without trusting whoever keeps it: each row's hash is SHA-256 over the canonical JSON
 * of `{ entry, previousHash, sequence }`, and its `previousHash` is the hash of the row before (64 zeros for the first). Rows taken
 * off the end leave a chain that is whole: only a head that was kept elsewhere shows them.
 */
import { fingerprint } from '../../schema/canonical.ts';
import { isObject, type Json, type JsonObject } from '../../schema/json.ts';

export interface Head {
  /** Of the last row; 0 where there is none. */
  readonly sequence: number;
  readonly hash: string;
}

export interface BrokenRow {
  readonly sequence: number;
  readonly what: string;
}

export const noHead: Head = { sequence: 0, hash: '0'.repeat(64) };

export function headText({ sequence, hash }: Head): string {
  return `${sequence}:${hash}`;
}

/** `SEQUENCE:HASH`, or undefined where it is none. */
export function parseHead(text: string): Head | undefined {
  const [, sequence, hash] = /^(0|[1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}

/** The head after `row`, or what is wrong with the row that should follow `head`. */
export function follow(head: Head, row: Json): Head | BrokenRow {
  const expected = head.sequence + 1;
  const broken = (what: string): BrokenRow => ({ sequence: expected, what });
  if (!isObject(row)) return broken('is no JSON object');
  const { sequence, previousHash, hash, ...entry } = row;
  if (typeof sequence !== 'number' || typeof previousHash !== 'string' || typeof hash !== 'string')
    return broken('carries no place in the chain: it was appended beside it');
  if (sequence > expected) return broken(`is missing: row ${sequence} stands in its place`);
  if (sequence < expected) return broken(`is not here: row ${sequence} stands here again, or out of order`);
  if (hash !== hashOf(entry, previousHash, sequence)) {
    const place = ownPlace(entry, previousHash, hash, sequence);
    return broken(place === undefined ? 'was changed after it was written' : `was moved here: it was row ${place}`);
  }
  if (previousHash !== head.hash)
    return broken('does not follow the row before it: that one was changed and hashed anew, or this one was put in');
  return { sequence, hash };
}

function hashOf(entry: JsonObject, previousHash: string, sequence: number): string {
  return fingerprint({ entry, previousHash, sequence });
}

/** How far from where it stands a moved row is looked for. */
const reach = 1_000;

function ownPlace(entry: JsonObject, previousHash: string, hash: string, stated: number): number | undefined {
  for (let distance = 1; distance <= reach; distance += 1)
    for (const place of [stated - distance, stated + distance])
      if (place > 0 && hash === hashOf(entry, previousHash, place)) return place;
  return undefined;
}

export type Verified = { readonly ok: true; readonly head: Head } | { readonly ok: false; readonly broken: BrokenRow };

/** Rows in the order in which they stand. `anchor`: a head from before, or from elsewhere, that the log must still reach. */
export async function verifyRows(rows: AsyncIterable<Json> | Iterable<Json>, anchor?: Head): Promise<Verified> {
  let head = noHead;
  for await (const row of rows) {
    const next = follow(head, row);
    if ('what' in next) return { ok: false, broken: next };
    head = next;
    if (anchor && head.sequence === anchor.sequence && head.hash !== anchor.hash)
      return { ok: false, broken: { sequence: head.sequence, what: rewritten } };
  }
  if (!anchor || head.sequence >= anchor.sequence) return { ok: true, head };
  const last = anchor.sequence;
  const what = last === head.sequence + 1 ? 'is missing' : `and all up to ${last} are missing`;
  return { ok: false, broken: { sequence: head.sequence + 1, what: `${what}: the end of the log was cut off` } };
}

const rewritten = 'is not the row that the head names: the log was written anew up to here';
