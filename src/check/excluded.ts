/**
 * Places that a change takes out of the comparison with `"x-compat": "ignore"`. A mark counts from the version after the one that
 * brings it, so that no change can excuse itself.
 */
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import { locations } from '../schema/locations.ts';
import { type Pointer, resolve, segments } from '../schema/pointer.ts';
import { findingFingerprint } from './fingerprint.ts';
import type { CheckFinding } from './report.ts';

const mark = 'x-compat';

export interface MarksTakenBack {
  /** The document without the marks that do not count yet; the same object where there are none. */
  readonly document: SchemaDocument;
  readonly findings: readonly CheckFinding[];
}

export function withoutNewMarks(
  subject: string,
  latest: SchemaDocument | undefined,
  document: SchemaDocument,
): MarksTakenBack {
  if (latest === undefined) return { document, findings: [] };
  const known = new Set(marked(latest));
  const added = marked(document).filter((pointer) => !known.has(pointer));
  const findings = added
    .filter((pointer) => resolve(latest.root, pointer) !== undefined)
    .map((pointer) => addedFinding(subject, pointer));
  const bundle = bundleWithoutNewMarks(latest, document);
  if (added.length === 0 && bundle === document.bundle) return { document, findings };
  return { document: { ...document, root: unmarked(document.root, added), bundle }, findings };
}

function addedFinding(subject: string, pointer: Pointer): CheckFinding {
  const rule = 'COMPARISON_MARK_ADDED';
  return {
    kind: 'policy',
    rule,
    severity: 'warning',
    message: `${pointer || '/'} is marked "x-compat": "ignore" by this change; the mark counts from the next version on.`,
    hint: 'This change is compared as if the mark were not there. Register the mark in a version of its own, or waive what the change breaks.',
    params: {},
    nextPointer: pointer,
    fingerprint: findingFingerprint(rule, subject, pointer, {}),
  };
}

function marked(document: SchemaDocument): readonly Pointer[] {
  return locations(document).flatMap(({ schema, pointer }) =>
    isObject(schema) && member(schema, mark) === 'ignore' ? [pointer] : [],
  );
}

/** Of each subject that is referred to, the marks count that it had in the version that was referred to before. */
function bundleWithoutNewMarks(latest: SchemaDocument, document: SchemaDocument): SchemaDocument['bundle'] {
  const known = new Set(
    [...latest.bundle].flatMap(([uri, one]) => marked(one).map((at) => `${unversioned(uri)}#${at}`)),
  );
  const entries = [...document.bundle].map(([uri, one]) => {
    const premature = marked(one).filter((at) => !known.has(`${unversioned(uri)}#${at}`));
    return [uri, premature.length === 0 ? one : { ...one, root: unmarked(one.root, premature) }] as const;
  });
  return entries.every(([uri, one]) => document.bundle.get(uri) === one) ? document.bundle : new Map(entries);
}

function unversioned(uri: string): string {
  return uri.replace(/\/\d+$/, '');
}

function unmarked(root: Json, pointers: readonly Pointer[]): Json {
  return pointers.map(segments).reduce(unmarkedAt, root);
}

function unmarkedAt(value: Json, path: readonly string[]): Json {
  const [first, ...rest] = path;
  if (isArray(value)) return value.map((item, index) => (String(index) === first ? unmarkedAt(item, rest) : item));
  if (!isObject(value)) return value;
  if (first === undefined) return Object.fromEntries(Object.entries(value).filter(([keyword]) => keyword !== mark));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === first ? unmarkedAt(part, rest) : part]),
  );
}
