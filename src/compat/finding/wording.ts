/** From a statement to a finding: severity, sentence, witness, fingerprint. */
import { fingerprint } from '../../schema/canonical.ts';
import { type Direction, directions, type Finding, type Witness, type World } from '../report.ts';
import { blocks, type DescribeOptions, type Statement } from './statement.ts';
import { table } from './table.ts';
import { place } from './words.ts';

export function worded(statement: Statement, options: DescribeOptions, fixes: Finding['fixes']): Finding {
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
    message: row.message(statement.params, place(instance)),
    ...(row.hint === undefined ? {} : { hint: row.hint }),
    params,
    ...(witness === undefined ? {} : { witness }),
    ...(fixes === undefined || fixes.length === 0 ? {} : { fixes }),
    fingerprint: fingerprintOf(statement),
  };
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
  const { detail: _, directions: __, ...stable } = params;
  return fingerprint([rule, instance, stable]);
}
