/** From a statement to a finding: severity, sentence, witness, fingerprint. */
import { fingerprint } from '../../schema/canonical.ts';
import type { Pair } from '../decide/decide.ts';
import { type Direction, directions, type Finding, type Witness, type World, worlds } from '../report.ts';
import { inertText } from './inert.ts';
import { blocks, type DescribeOptions, type Statement } from './statement.ts';
import { table } from './table.ts';
import { literal, place } from './words.ts';

export function worded(pair: Pair, statement: Statement, options: DescribeOptions, fixes: Finding['fixes']): Finding {
  const { rule, previous, next, instance, breaks, change } = statement;
  const row = table[rule];
  const uses = change?.uses ?? [];
  const params = uses.length === 0 ? statement.params : { ...statement.params, uses: [instance, ...uses] };
  const witness = witnessOf(statement, options);
  return {
    rule,
    severity: blocks(statement, options) ? 'error' : row.quiet,
    effect: row.effect,
    breaks: { closed: broken(breaks, 'closed'), open: broken(breaks, 'open') },
    previousPointer: previous,
    nextPointer: next,
    instancePointer: instance,
    message: sentences(pair, statement, blocks(statement, options)),
    ...(row.hint === undefined ? {} : { hint: row.hint }),
    params,
    ...(witness === undefined ? {} : { witness }),
    ...(fixes === undefined || fixes.length === 0 ? {} : { fixes }),
    fingerprint: fingerprintOf(statement),
  };
}

function sentences(pair: Pair, statement: Statement, isError: boolean): string {
  const { rule, params, instance, change, breaks, next, previous } = statement;
  const row = table[rule];
  const alternative = params.branch === undefined ? change?.alternative : undefined;
  const at = alternative === undefined ? place(instance) : `${place(instance)} (alternative ${literal(alternative)})`;
  const isForward = worlds.some((world) => breaks.has(`${world} forward`));
  const inert = isError ? (inertText(pair.next, next) ?? inertText(pair.previous, previous)) : undefined;
  return [row.message(params, at), isForward ? row.whenForward : undefined, inert]
    .filter((sentence) => sentence !== undefined)
    .join(' ');
}

function broken(breaks: Statement['breaks'], world: World): readonly Direction[] {
  return directions.filter((direction) => breaks.has(`${world} ${direction}`));
}

/** One that proves what is enforced, if there is one; otherwise any. */
function witnessOf({ breaks }: Statement, { world, enforced }: DescribeOptions): Witness | undefined {
  const enforcedFirst = [...enforced, ...directions];
  for (const each of [world, 'open', 'closed'] as const)
    for (const direction of enforcedFirst) {
      const witness = breaks.get(`${each} ${direction}`);
      if (witness !== undefined) return witness;
    }
  return undefined;
}

/** Places are those of the event: reordering a schema or moving a definition does not change them. */
function fingerprintOf({ rule, instance, params }: Statement): string {
  const { detail: _, directions: __, condition: ___, ...stable } = params;
  return fingerprint([rule, instance, stable]);
}
