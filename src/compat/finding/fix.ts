/** Ways to make a breaking edit compatible. Only what the engine proved is offered. */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Pair } from '../decide/decide.ts';
import type { Finding, Patch } from '../report.ts';
import { type Candidate, candidates } from './candidate.ts';
import { applyPatch, combined } from './patch.ts';
import { blocks, type DescribeOptions, type Statement } from './statement.ts';

const maxFixes = 3;
/** Comparisons spent on checking fixes of one report. */
const maxChecks = 6;

type Fixes = NonNullable<Finding['fixes']>;

/**
 * A fix mends its own finding: where several block, it is checked with the others taken back, since no single one could make
 * the whole compatible. That is said of it: fixes of different findings were not tried beside each other.
 */
export function fixesOf(
  pair: Pair,
  statements: readonly Statement[],
  options: DescribeOptions,
): ReadonlyMap<Statement, Fixes> {
  const found = new Map<Statement, Fixes>();
  const blocking = statements
    // that nothing is accepted is the sum of edits that are listed themselves
    .filter((statement) => statement.rule !== 'NOTHING_ACCEPTED' && blocks(statement, options))
    .map((statement) => ({
      statement,
      ways: statement.change === undefined ? [] : candidates(statement.change, pair),
    }));
  // a break that no edit explains cannot be mended by edits
  if (blocking.length === 0 || blocking.some(({ ways }) => ways.length === 0)) return found;
  const back = blocking.map(({ ways }) => ways.at(-1)!.patch);
  let left = maxChecks;
  const budget = { left: options.decide.budget };
  const holds = (patch: () => Patch) => left-- > 0 && isCompatible(pair, patch(), options, budget);
  if (blocking.length > 1 && !holds(() => combined(back))) return found;
  for (const [index, { statement, ways }] of blocking.entries()) {
    const kept = ways.filter(({ patch }, way) => {
      // with more than one, all of them taken back has been checked already
      if (blocking.length > 1 && way === ways.length - 1) return true;
      return holds(() => combined([patch, ...back.filter((_, at) => at !== index)]));
    });
    if (kept.length > 0)
      found.set(
        statement,
        kept.slice(0, maxFixes).map((way) => verified(way, blocking.length)),
      );
  }
  return found;
}

function verified({ title, patch }: Candidate, edits: number): Fixes[number] {
  return { title, patch, verified: true, tried: edits === 1 ? 'alone' : 'with-others' };
}

/** All checks together get as many steps as one direction. */
function isCompatible(
  pair: Pair,
  patch: Patch,
  { enforced, world, prepare, decide }: DescribeOptions,
  budget: { left: number },
): boolean {
  if (budget.left <= 0) return false;
  const root = applyPatch(pair.next.root, patch);
  if (root === undefined) return false;
  const next: SchemaDocument = { ...pair.next, root };
  const { formats = 'assert', ignore } = decide;
  const mended = prepare(pair.previous, next, { formats, budget: budget.left, ...(ignore && { ignore }) });
  return enforced.every((direction) => {
    const { verdict, steps } = mended.decide(direction, world);
    budget.left -= steps;
    return verdict === 'compatible';
  });
}
