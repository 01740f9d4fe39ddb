/** Files that cannot be read, as findings: in the workspace nothing is checked, in the baseline nothing is compared. */
import type { CheckFinding } from '../../check/report.ts';
import { fingerprint } from '../../schema/canonical.ts';
import type { Collection } from '../source/collection.ts';
import { start } from '../source/place.ts';
import type { Unreadable } from '../source/unreadable.ts';
import type { Placed } from './run.ts';

export function unreadableFindings({ catalog, unreadable }: Collection): Placed[] {
  return unreadable.flatMap(({ subject, file, flaws }) =>
    flaws.map(({ place, message }) => ({
      catalog: catalog.name,
      subject,
      file,
      place,
      finding: finding('FILE_UNREADABLE', subject, { message: `The file cannot be read: ${message}.`, kind: 'schema' }),
    })),
  );
}

/**
 * Text that was no schema was no promise either. A module that cannot be run any more may have been one: what it defined is
 * unknown, and undecided is never compatible.
 */
export function baselineFindings(collection: Collection, before: readonly Unreadable[], baseline: string): Placed[] {
  const present = new Map(collection.definitions.map((definition) => [definition.subject, definition.file]));
  return before.flatMap(({ subject, flaws, isModule }) => {
    const file = present.get(subject);
    const [flaw] = flaws;
    if (file === undefined || flaw === undefined) return [];
    const { line, column } = flaw.place;
    const message = `${baseline} has it in a form that cannot be read (${line}:${column}: ${flaw.message}), so nothing was compared.`;
    const found = finding('BASELINE_UNREADABLE', subject, {
      message,
      kind: 'lifecycle',
      ...(isModule ? { effect: 'undecided' } : { severity: 'warning' }),
    });
    return [{ catalog: collection.catalog.name, subject, file, place: start, finding: found }];
  });
}

function finding(
  rule: string,
  subject: string,
  more: Pick<CheckFinding, 'message' | 'kind'> & Partial<CheckFinding>,
): CheckFinding {
  const message = more.message.replace(/\.\.$/, '.');
  return { rule, severity: 'error', params: {}, fingerprint: fingerprint([rule, subject]), ...more, message };
}
