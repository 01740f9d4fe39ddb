/** Compares two versions of a subject, whether or not its level would. */
import type { Comparison } from '../../compat/report.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import type { VersionRecord } from '../records.ts';
import { loadBundle } from './bundle.ts';
import { catalogOf, lookUp, type SubjectKey } from './look-up.ts';

export async function compareVersions(
  context: Context,
  key: SubjectKey,
  range: { readonly from: number | 'latest'; readonly to: number | 'latest' },
): Promise<Comparison> {
  const { rules } = await catalogOf(context.store, key.catalog);
  const { version: previous, subject } = await lookUp(context, { ...key, version: range.from });
  const { version: next } = await lookUp(context, { ...key, version: range.to });
  const { level = rules.level, world = rules.world, ignore = [] } = subject.settings;
  return context.checks.compare(
    await documentOf(context, previous),
    await documentOf(context, next),
    {
      level,
      world,
      ignore,
      formats: rules.formats,
      classifications: rules.classification.levels,
    },
    context.caller,
  );
}

async function documentOf(context: Context, { schema }: VersionRecord): Promise<SchemaDocument> {
  const { documents } = await loadBundle(context.store, JSON.parse(schema.text), context.limits.bundle);
  return trustedSchema(schema.text, schema.dialect, documents);
}
