/** Where a finding is shown in its file. */
import type { CheckFinding } from '../../check/report.ts';
import { append, segments } from '../../schema/pointer.ts';
import type { TextPosition } from '../../schema/scan.ts';
import type { Located } from '../source/collection.ts';
import { isModuleFile } from '../source/file-names.ts';
import { start } from '../source/place.ts';
import type { Placed } from './run.ts';

/** What a report finds, each at its place in the file of `definition`. */
export function placedFindings(
  catalog: string,
  definition: Located,
  findings: readonly CheckFinding[],
): readonly Placed[] {
  const { subject, file } = definition;
  return findings.map((finding) => ({ catalog, subject, file, place: positionOf(definition, finding), finding }));
}

/** A module spells no `required` and no `type`: what it does not spell is shown at the field the finding is about. */
export function positionOf({ file, locate }: Located, finding: CheckFinding): TextPosition {
  const stated = locate(finding.nextPointer ?? '');
  const isFound = stated.line !== start.line || stated.column !== start.column;
  if (isFound || !isModuleFile(file) || finding.instancePointer === undefined) return stated;
  const fields = segments(finding.instancePointer).filter((part) => !/^(\d+|\*)$/.test(part));
  for (let depth = fields.length; depth > 0; depth -= 1) {
    const pointer = fields.slice(0, depth).reduce((at, field) => append(at, 'properties', field), '');
    const at = locate(pointer);
    if (at.line !== start.line || at.column !== start.column) return at;
  }
  return locate('/payload');
}
