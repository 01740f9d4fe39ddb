/** Lanes: keys are spread over a fixed number of them, the same in every process and every release. */

/** FNV-1a, 32 bits, over UTF-8. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

export function laneOf(key: string, lanes: number): number {
  return fnv1a(key) % lanes;
}
