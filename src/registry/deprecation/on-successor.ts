/** Who has to change what it reads: each consumer of a subject, asked whether it can read the successor's events as they are. */
import type { ReaderReport } from '../../check/report.ts';
import { type Verdict, worlds } from '../../compat/report.ts';
import type { Context } from '../context.ts';
import type { CatalogRecord, SubjectRecord } from '../records.ts';
import { checkAgainst } from '../versions/check.ts';

export interface OnSuccessor {
  readonly verdict: Verdict;
  /** Where in the event it breaks; empty where it does not, or where only several places together show it. */
  readonly fields: readonly string[];
}

/** By service. Undefined where there is nothing to compare, or one of the two is no JSON Schema. */
export async function onSuccessor(
  context: Context,
  catalog: CatalogRecord,
  subject: SubjectRecord,
  successor: string,
): Promise<ReadonlyMap<string, OnSuccessor> | undefined> {
  const { store } = context;
  const [latest, next] = [
    await store.version(subject.catalog, subject.name, 'latest'),
    await store.version(subject.catalog, successor, 'latest'),
  ];
  if (latest?.schema.format !== 'json' || next?.schema.format !== 'json') return undefined;
  const { checked } = await checkAgainst(context, store, catalog, subject, {
    catalog: subject.catalog,
    subject: subject.name,
    source: { text: next.schema.text },
    level: 'FORWARD',
    only: latest.number,
  });
  const { readers = [] } = checked.report;
  return new Map(readers.map((one) => [one.service, { verdict: one.verdict, fields: fieldsOf(one) }]));
}

/** What is asked is whether new events reach old readers: the other direction is no matter of moving. */
function fieldsOf({ worlds: found }: ReaderReport): readonly string[] {
  return [...new Set(worlds.flatMap((world) => found[world].forward.fields ?? []))];
}
