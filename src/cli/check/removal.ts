/** Subjects the baseline has and the workspace has not. */
import type { CheckFinding } from '../../check/report.ts';
import { waive } from '../../check/waive.ts';
import { fingerprint } from '../../schema/canonical.ts';
import type { Collection } from '../source/collection.ts';
import { start } from '../source/place.ts';
import type { Gone } from './pairing.ts';
import type { Placed } from './run.ts';

/**
 * A subject that is gone breaks everyone who reads it, unless it was retired: the registry knows that, or the deprecations.json of
 * the baseline. One that this change writes proves nothing.
 */
export function removalFindings(gone: readonly Gone[], collections: readonly Collection[], today: string): Placed[] {
  const isRetired = ({ collection, definition }: Gone) => isRetiredIn(collection, definition.subject);
  return gone
    .filter((placement) => !isRetired(placement))
    .map((placement) => {
      const { catalog } = placement.collection;
      const { subject, file } = placement.definition;
      const now = collections.find((collection) => collection.catalog.name === catalog.name);
      const waivers = now?.waivers ?? [];
      const found = placement.now
        ? renamed(placement, placement.now)
        : removed(subject, now !== undefined && isRetiredIn(now, subject));
      const [finding = found] = waive([found], waivers, subject, today);
      const at = placement.now?.definition.file ?? file;
      return { catalog: catalog.name, subject, file: at, place: start, finding };
    });
}

function isRetiredIn({ deprecations }: Collection, subject: string): boolean {
  return deprecations.get(subject)?.stage === 'retired';
}

function removed(subject: string, isRetiredNow: boolean): CheckFinding {
  return {
    kind: 'lifecycle',
    rule: 'SUBJECT_REMOVED',
    severity: 'error',
    message: isRetiredNow
      ? `"${subject}" was deleted, and only this change itself says that it is retired.`
      : `"${subject}" was deleted, and nothing says that it is retired.`,
    hint: 'Bring the file back and announce its deprecation (herald deprecate announce). Once it is retired, check with --registry beside --against, or commit deprecations.json (herald deprecate plans --format json) in a change before this one.',
    params: {},
    fingerprint: fingerprintOf(subject),
  };
}

function renamed({ collection, definition }: Gone, now: NonNullable<Gone['now']>): CheckFinding {
  const { subject } = definition;
  const isMoved = now.definition.subject === subject;
  const [was, is] = isMoved
    ? [`${collection.catalog.name}/${subject}`, `${now.collection.catalog.name}/${subject}`]
    : [subject, now.definition.subject];
  return {
    kind: 'lifecycle',
    rule: 'SUBJECT_RENAMED',
    severity: 'error',
    message: `"${was}" is now called "${is}": its readers look for the old name.`,
    hint: `Keep ${definition.file} beside the new file, and announce its deprecation with "${is}" as its successor (herald deprecate announce).`,
    params: { renamedTo: is },
    fingerprint: fingerprintOf(subject),
  };
}

function fingerprintOf(subject: string): string {
  return fingerprint(['SUBJECT_REMOVED', subject]);
}
