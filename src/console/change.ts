/** What a change does to an event's fields and text: between two versions, or from the latest version to a candidate. */
import type { Context } from '../registry/context.ts';
import type { VersionRecord } from '../registry/records.ts';
import { candidateDocument, candidateOf } from '../registry/versions/candidate.ts';
import { catalogOf, type SubjectKey } from '../registry/versions/look-up.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { type FieldRow, fieldList } from './fields.ts';
import { documentOf, pretty, recentVersions, sourceOf } from './history.ts';
import { type FieldChange, fieldChanges } from './parts/field-changes.tsx';

export interface Change {
  readonly before: string;
  readonly after: string;
  readonly fields: readonly FieldChange[];
}

type Reading = Pick<Context, 'store' | 'limits'>;

export async function versionChange(context: Reading, previous: VersionRecord, next: VersionRecord): Promise<Change> {
  const rowsOf = await rowsIn(context, next.catalog);
  return {
    before: sourceOf(previous),
    after: sourceOf(next),
    fields: fieldChanges(
      rowsOf(await documentOf(context, previous), previous.classification),
      rowsOf(await documentOf(context, next), next.classification),
    ),
  };
}

/** Undefined before the first version, and where the candidate is no schema. */
export async function candidateChange(context: Reading, at: SubjectKey, text: string): Promise<Change | undefined> {
  if (!(await context.store.subject(at.catalog, at.subject))?.latest) return undefined;
  const [latest] = (await recentVersions(context, at)).items;
  const document = latest && (await candidateDocument(context, await candidateOf(context, at, text)));
  if (!document) return undefined;
  const rowsOf = await rowsIn(context, at.catalog);
  return {
    before: sourceOf(latest),
    after: pretty(text),
    fields: fieldChanges(
      rowsOf(await documentOf(context, latest), latest.classification),
      rowsOf(document, latest.classification),
    ),
  };
}

async function rowsIn({ store }: Reading, catalog: string) {
  const { rules } = await catalogOf(store, catalog);
  return (document: SchemaDocument, classification: string | undefined): readonly FieldRow[] =>
    fieldList(document, rules.classification.levels, classification).rows;
}
