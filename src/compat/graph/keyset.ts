/** Sets of property names: named ones, those that patterns match, those whose name satisfies a schema, and complements. */
import type { Lit } from './node.ts';

export interface KeySet {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  /** `propertyNames`: names that satisfy one of these schemas. */
  readonly schemas: readonly Lit[];
  /** Whether the set is everything else. */
  readonly complement: boolean;
}

function sorted(texts: Iterable<string>): readonly string[] {
  if (Array.isArray(texts) && texts.length < 2) return texts;
  const list = [...texts].sort();
  return list.every((text, at) => text !== list[at - 1]) ? list : [...new Set(list)];
}

export const noKeys: KeySet = { names: [], patterns: [], schemas: [], complement: false };

export function keySet(names: Iterable<string>, patterns: Iterable<string> = [], complement = false): KeySet {
  return { names: sorted(names), patterns: sorted(patterns), schemas: [], complement };
}

/** Names that do not satisfy `schema`. */
export function namesAgainst(schema: Lit): KeySet {
  return { names: [], patterns: [], schemas: [schema], complement: true };
}

export function complementOf(keys: KeySet): KeySet {
  return { ...keys, complement: !keys.complement };
}

/** The union of sets none of which is a complement. */
export function unionOf(sets: readonly KeySet[]): KeySet {
  return keySet(
    sets.flatMap((set) => set.names),
    sets.flatMap((set) => set.patterns),
  );
}

export function isEmptySet(keys: KeySet): boolean {
  return !keys.complement && keys.names.length === 0 && keys.patterns.length === 0 && keys.schemas.length === 0;
}

/** Equal keys are equal sets; equal sets may have different keys. */
export function keySetKey(keys: KeySet): string {
  const sign = keys.complement ? '^' : '';
  return `${sign}${JSON.stringify([keys.names, keys.patterns])}${keys.schemas.length > 0 ? keys.schemas.join(',') : ''}`;
}

const lookups = new WeakMap<KeySet, ReadonlySet<string>>();

export function hasName(keys: KeySet, name: string): boolean {
  if (keys.names.length < 8) return keys.names.includes(name);
  let lookup = lookups.get(keys);
  if (lookup === undefined) {
    lookup = new Set(keys.names);
    lookups.set(keys, lookup);
  }
  return lookup.has(name);
}
