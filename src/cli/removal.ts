/** Subjects the baseline has and the workspace has not. */
import type { CheckFinding } from '../check/report.ts';
import { canonicalize, sha256 } from '../schema/canonical.ts';
import { isObject, type Json } from '../schema/json.ts';
import type { Placed } from './checking.ts';
import { type Collection, readableValue } from './source/workspace.ts';

/** A subject that is gone breaks everyone who reads it, unless it was retired: the registry knows that, a folder does not. */
export function removalFindings(collection: Collection, before: Collection): Placed[] {
  const present = new Set(collection.definitions.map(({ subject }) => subject));
  return before.definitions
    .filter(({ subject }) => !present.has(subject))
    .map(({ subject, file }) => {
      const renamed = renamedTo(collection, before, subject);
      const params: CheckFinding['params'] = renamed === undefined ? {} : { renamedTo: renamed };
      const finding: CheckFinding = {
        kind: 'lifecycle',
        rule: renamed === undefined ? 'SUBJECT_REMOVED' : 'SUBJECT_RENAMED',
        severity: 'error',
        message:
          renamed === undefined
            ? `"${subject}" was deleted, and nothing says that it is retired.`
            : `"${subject}" is now called "${renamed}": its readers look for the old name.`,
        hint: 'Announce its deprecation and retire it (herald deprecate announce), or bring the file back.',
        params,
        fingerprint: sha256(canonicalize(['SUBJECT_REMOVED', subject])),
      };
      return { catalog: collection.catalog.name, subject, file, place: { line: 1, column: 1 }, finding };
    });
}

/** A new subject with the very schema of the one that is gone. */
function renamedTo(collection: Collection, before: Collection, subject: string): string | undefined {
  const old = before.definitions.find((definition) => definition.subject === subject);
  const known = new Set(before.definitions.map((definition) => definition.subject));
  if (!old) return undefined;
  const content = shapeOf(readableValue(old));
  return collection.definitions.find(
    (definition) => !known.has(definition.subject) && shapeOf(readableValue(definition)) === content,
  )?.subject;
}

function shapeOf(value: Json): string {
  if (!isObject(value)) return canonicalize(value);
  const { title: _title, $id: _id, ...rest } = value;
  return canonicalize(rest);
}
