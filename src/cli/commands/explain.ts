import type { Example } from '../../compat/finding/row.ts';
import { Fault } from '../../errors.ts';
import type { Command } from '../command.ts';
import { type Explanation, explain, explainableIds } from '../explain/explain.ts';

export const command: Command = {
  name: 'explain',
  summary: 'says what a finding, a rule or an error code means, and what to do about it',
  usage: 'RULE_ID…',
  takes: [1, 100],
  options: {},
  examples: ['herald explain ENUM_VALUE_REMOVED', 'herald explain classification-lowered'],
  async run(input, io) {
    const found = input.positionals.map((given) => explain(given) ?? explain(given.toUpperCase()) ?? unknown(given));
    io.out(found.map((one) => explanationText(one)).join('\n'));
    return 0;
  },
};

function unknown(given: string): never {
  const wanted = given.toLowerCase();
  const near = explainableIds().filter(
    (id) => id.toLowerCase().includes(wanted) || distance(id.toLowerCase(), wanted) < 4,
  );
  const said =
    near.length === 0
      ? 'The output of "herald check" names them.'
      : `Did you mean ${[...new Set(near)].slice(0, 5).join(', ')}?`;
  throw new Fault('USAGE_INVALID', {}, { message: `There is no finding, rule or code "${given}". ${said}` });
}

/** How many letters differ, at places counted from the front: enough for a slip of the finger. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 3) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at += 1)
    row = row.reduce<number[]>((next, above, column) => {
      if (column === 0) return [at];
      const replaced = (row[column - 1] ?? 0) + (one[at - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, above + 1, (next[column - 1] ?? 0) + 1));
      return next;
    }, []);
  return row.at(-1) ?? 0;
}

function explanationText({ id, meaning, effect, example, remedy }: Explanation): string {
  return [
    id,
    `  ${meaning}`,
    '',
    `  Effect   ${effect}`,
    ...(example ? exampleLines(example) : []),
    `  Remedy   ${remedy}`,
    '',
  ].join('\n');
}

function exampleLines({ previous, next, lost, gained, level }: Example): readonly string[] {
  return [
    `  Example  ${JSON.stringify(previous)}`,
    `       ->  ${JSON.stringify(next)}${level === undefined ? '' : ` at level ${level}`}`,
    ...(lost === undefined ? [] : [`  Witness  ${JSON.stringify(lost)} was accepted, and is rejected now`]),
    ...(gained === undefined ? [] : [`  Witness  ${JSON.stringify(gained)} was rejected, and is accepted now`]),
  ];
}
