/** Describes a subject: what its latest version says, who consumes it, and its plan while it is deprecated. */
import { isObject, type Json, member } from '../../schema/json.ts';
import { parseSubject } from '../../schema/subject.ts';
import type { Context } from '../context.ts';
import type { ConsumerRecord, DeprecationRecord, SubjectRecord, SubjectSummary, VersionRecord } from '../records.ts';
import { findSubject, type SubjectKey } from '../versions/look-up.ts';

export interface Description {
  readonly summary: SubjectSummary;
  readonly consumers: readonly ConsumerRecord[];
  readonly plan?: DeprecationRecord;
}

export async function describe({ store }: Pick<Context, 'store'>, key: SubjectKey): Promise<Description> {
  const { subject, plan } = await findSubject(store, key);
  const latest = subject.latest === 0 ? undefined : await store.version(key.catalog, key.subject, subject.latest);
  const domain = (await store.catalog(key.catalog))?.rules.domains ?? {};
  const owner = Object.hasOwn(domain, domainOf(subject)) ? domain[domainOf(subject)]?.owner : undefined;
  const consumers = await store.consumers(key.catalog, key.subject);
  return { summary: summarize(subject, latest, owner), consumers, ...(plan && { plan }) };
}

function domainOf(subject: SubjectRecord): string {
  return parseSubject(subject.name)?.domain ?? subject.name;
}

function summarize(
  subject: SubjectRecord,
  latest: VersionRecord | undefined,
  domainOwner: string | undefined,
): SubjectSummary {
  const title = latest && titleOf(latest);
  const owner = latest?.contract.owner ?? domainOwner;
  return {
    ...subject,
    label: latest?.label ?? '',
    tags: latest?.tags ?? [],
    ...(title !== undefined && { title }),
    ...(latest?.contract.producer !== undefined && { producer: latest.contract.producer }),
    ...(owner !== undefined && { owner }),
    ...(latest?.classification !== undefined && { classification: latest.classification }),
  };
}

export function titleOf(version: VersionRecord): string | undefined {
  const root: Json = JSON.parse(version.schema.text);
  const title = isObject(root) ? member(root, 'title') : undefined;
  return typeof title === 'string' ? title : undefined;
}
