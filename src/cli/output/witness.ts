/** A witness as a person reads it: the event, with the line at fault marked. */
import type { Witness } from '../../compat/report.ts';
import { scan } from '../../schema/scan.ts';
import { nearestOffset } from '../source/place.ts';

const maxLineCharacters = 160;

export interface EventLine {
  readonly text: string;
  readonly marked: boolean;
}

/** The event, indented by two, at most 30 lines; in one line where there is but one member that can be at fault. */
export function witnessLines(witness: Witness): readonly EventLine[] {
  const flat = JSON.stringify(witness.value);
  const text = JSON.stringify(witness.value, null, 2);
  if (flat.length <= 72 && text.split('\n').length <= 3) return [{ text: flat, marked: true }];
  const { offsets } = scan(text, { maxDepth: Number.POSITIVE_INFINITY, places: true });
  const at = nearestOffset(offsets, witness.rejection.instancePointer) ?? 0;
  const fault = text.slice(0, at).split('\n').length - 1;
  const lines = text.split('\n').map((line, index) => ({
    text: line.length > maxLineCharacters ? `${line.slice(0, maxLineCharacters)}…` : line,
    marked: index === fault,
  }));
  if (lines.length <= 30) return lines;
  const from = Math.max(0, Math.min(fault - 15, lines.length - 30));
  return lines.slice(from, from + 30);
}

export function rejectionText(witness: Witness): string {
  const { instancePointer, keyword, schemaPointer } = witness.rejection;
  return `rejected at ${instancePointer === '' ? 'the event itself' : instancePointer} by "${keyword}" (#${schemaPointer})`;
}
