/** Who publishes and consumes what in a catalog: what contracts state, and what services declared themselves. */
import { type Matrix, matrix } from '../../schema/matrix.ts';
import type { Context } from '../context.ts';
import type { ConsumerRecord } from '../records.ts';
import { catalogOf } from '../versions/look-up.ts';
import { titleOf } from './describe.ts';

export async function subscriptionMatrix({ store }: Pick<Context, 'store'>, catalog: string): Promise<Matrix> {
  const { rules } = await catalogOf(store, catalog);
  const versions = await store.latestVersions(catalog);
  const bySubject = new Map<string, readonly ConsumerRecord[]>();
  for (const consumer of await store.consumers(catalog))
    bySubject.set(consumer.subject, [...(bySubject.get(consumer.subject) ?? []), consumer]);
  const entries = versions.map((version) => {
    const title = titleOf(version);
    const consumers = (bySubject.get(version.subject) ?? []).map(({ service, note }) => ({
      service,
      ...(note !== undefined && { note }),
    }));
    return {
      subject: version.subject,
      ...(title !== undefined && { title }),
      contract: { ...version.contract, consumers },
    };
  });
  return matrix(rules, entries);
}
