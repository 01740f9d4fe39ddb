/** Event ids: UUIDs of version 7 (RFC 9562 §5.7), which sort by time, so that indexes over them grow at one end. */
import { chance } from './chance.ts';

let lastMs = 0;

/** Ids of one process rise, even where the clock stands still or steps back. */
export function uuidv7(nowMs: number): string {
  lastMs = Math.max(nowMs, lastMs + (sequence(nowMs) === 0 ? 1 : 0));
  const tail = chance(8);
  const high = lastMs.toString(16).padStart(12, '0');
  const counter = (0x7000 | counted).toString(16);
  tail[0] = (tail[0]! & 0x3f) | 0x80;
  const low = tail.toString('hex');
  return `${high.slice(0, 8)}-${high.slice(8)}-${counter}-${low.slice(0, 4)}-${low.slice(4)}`;
}

let counted = 0;

/** The place of an id within its millisecond: 12 bits of the version's own field. */
function sequence(nowMs: number): number {
  counted = nowMs > lastMs ? 0 : (counted + 1) & 0xfff;
  return nowMs > lastMs ? 1 : counted;
}
