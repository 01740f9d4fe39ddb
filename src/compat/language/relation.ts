/** How two patterns lie to one another, whatever else their schemas say: for the words of a finding. */
import type { Answer, Definition, Language, Relation } from './language.ts';
import { openPool } from './pool.ts';

export function patternRelation(left: string, right: string): Relation {
  if (left === right) return 'equal';
  const pool = openPool();
  const from = exact(pool.pattern(left));
  const to = exact(pool.pattern(right));
  return from && to ? pool.relation(from, to) : 'unknown';
}

/** `[a-z]*` finds a match in every string: it constrains nothing, which nobody meant who wrote it. */
export function alwaysMatches(source: string): Answer {
  const pool = openPool();
  const language = exact(pool.pattern(source));
  return language ? pool.isEmpty(pool.complement(language)) : 'unknown';
}

function exact(definition: Definition): Language | undefined {
  return definition.kind === 'exact' ? definition.language : undefined;
}
