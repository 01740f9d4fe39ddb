/** The catalogue of findings about two versions. */
import type { Direction } from '../report.ts';
import { type Group, idsByGroup, type RuleId } from './ids.ts';
import type { Example, Mirror, Row } from './row.ts';
import { arrayRows } from './table/array.ts';
import { compositionRows } from './table/composition.ts';
import { enumRows } from './table/enum.ts';
import { metadataRows } from './table/metadata.ts';
import { numberRows } from './table/number.ts';
import { objectRows } from './table/object.ts';
import { referenceRows } from './table/reference.ts';
import { stringRows } from './table/string.ts';
import { typeRows } from './table/type.ts';
import { verdictRows } from './table/verdict.ts';

/** As they are written: a row that undoes another says only which. */
const stated: Readonly<Record<RuleId, Row | Mirror>> = {
  ...typeRows,
  ...enumRows,
  ...objectRows,
  ...stringRows,
  ...numberRows,
  ...arrayRows,
  ...compositionRows,
  ...referenceRows,
  ...verdictRows,
  ...metadataRows,
};

const opposite: Readonly<Record<Row['effect'], Row['effect']>> = {
  narrows: 'widens',
  widens: 'narrows',
  replaces: 'replaces',
  none: 'none',
  undecided: 'undecided',
};

/** A row is what one id means, with an example; reports, the catalogue in the README and the tests read it. */
export const table: Readonly<Record<RuleId, Row>> = complete(stated);

function complete<Id extends string>(rows: Readonly<Record<Id, Row | Mirror>>): Readonly<Record<Id, Row>> {
  const made: Partial<Record<Id, Row>> = {};
  for (const id in rows) made[id] = rowOf(rows[id]);
  // every id has been gone through
  return made as Record<Id, Row>;
}

function rowOf(row: Row | Mirror): Row {
  if (!('mirrorOf' in row)) return row;
  const { mirrorOf: mirror, ...own } = row;
  const of = rowOf(stated[mirror]);
  const example = of.example === undefined ? {} : { example: reversed(of.example) };
  return { ...own, mirror, effect: opposite[of.effect], quiet: of.quiet, ...example };
}

function reversed({ previous, next, lost, gained, open, closed, ...rest }: Example): Example {
  return {
    ...rest,
    previous: next,
    next: previous,
    ...(lost !== undefined && { gained: lost }),
    ...(gained !== undefined && { lost: gained }),
    open: open.map(other),
    closed: closed.map(other),
  };
}

function other(direction: Direction): Direction {
  return direction === 'backward' ? 'forward' : 'backward';
}

/** Every id with its group and row, in catalogue order. */
export const catalogue: readonly { readonly id: RuleId; readonly group: Group; readonly row: Row }[] = (
  Object.keys(idsByGroup) as Group[]
).flatMap((group) => idsByGroup[group].map((id) => ({ id, group, row: table[id] })));

export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(table, text);
}
