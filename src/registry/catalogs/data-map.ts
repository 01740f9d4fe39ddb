/** Where a catalog's sensitive data is, who receives it and how long it is kept, from the latest version of each subject. */
import { Fault } from '../../errors.ts';
import { type DataMap, type DataMapFilter, dataMap, filterProblem } from '../../policy/data-map.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import { loadBundle } from '../versions/bundle.ts';
import { catalogOf } from '../versions/look-up.ts';

export async function dataMapOf(
  { store, limits }: Pick<Context, 'store' | 'limits'>,
  catalog: string,
  filter: DataMapFilter,
): Promise<DataMap> {
  const { rules } = await catalogOf(store, catalog);
  const problem = filterProblem(rules, filter);
  if (problem !== undefined) throw new Fault('PARAMETER_INVALID', { problems: [] }, { message: problem });
  const receivers = new Map<string, string[]>();
  for (const { subject, service } of await store.consumers(catalog))
    receivers.set(subject, [...(receivers.get(subject) ?? []), service]);
  const entries = [];
  for (const { subject, stage, contract, dialect, text } of await store.currentDocuments(catalog)) {
    const { documents } = await loadBundle(store, JSON.parse(text), limits.bundle);
    const document = trustedSchema(text, dialect, documents);
    entries.push({ subject, stage, contract, document, receivers: receivers.get(subject) ?? [] });
  }
  return dataMap(rules, entries, filter);
}
