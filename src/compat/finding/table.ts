/** The catalogue of findings about two versions. */
import { type Group, idsByGroup, type RuleId } from './ids.ts';
import type { Row } from './row.ts';
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

/** A row is what one id means, with an example; reports, the catalogue in the README and the tests read it. */
export const table: Readonly<Record<RuleId, Row>> = {
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

/** Every id with its group and row, in catalogue order. */
export const catalogue: readonly { readonly id: RuleId; readonly group: Group; readonly row: Row }[] = (
  Object.keys(idsByGroup) as Group[]
).flatMap((group) => idsByGroup[group].map((id) => ({ id, group, row: table[id] })));

export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(table, text);
}
