/** Compares two versions of a subject, whether or not its level would. */
import type { Comparison } from '../../compat/report.ts';
import type { Context } from '../context.ts';
import { pastVersion } from './history.ts';
import { catalogOf, lookUp, type SubjectKey } from './look-up.ts';

export async function compareVersions(
  context: Context,
  key: SubjectKey,
  range: { readonly from: number | 'latest'; readonly to: number | 'latest' },
): Promise<Comparison> {
  const { store, limits, caller } = context;
  const { rules } = await catalogOf(store, key.catalog);
  const { version: previous, subject } = await lookUp(context, { ...key, version: range.from });
  const { version: next } = await lookUp(context, { ...key, version: range.to });
  const { level = rules.level, world = rules.world, ignore = [] } = subject.settings;
  const { formats, classification } = rules;
  return context.checks.compare(
    await pastVersion(store, previous, limits),
    await pastVersion(store, next, limits),
    { level, world, ignore, formats, classifications: classification.levels, limits },
    caller,
  );
}
