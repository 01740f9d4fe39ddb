/** Answers whether a service may publish or subscribe to a subject, and what every service of a catalog may. */
import { Fault } from '../../errors.ts';
import { type Access, type AccessSubject, type Action, access, accessTable } from '../../policy/access.ts';
import type { AccessExport } from '../../policy/access-export.ts';
import type { Context } from '../context.ts';
import type { Store } from '../ports.ts';
import type { CatalogRecord, CurrentDocument } from '../records.ts';
import { catalogOf } from '../versions/look-up.ts';

export interface AccessQuestion {
  readonly service: string;
  readonly subject: string;
  readonly action: Action;
  readonly catalog?: string | undefined;
}

export async function askAccess(
  { store }: Pick<Context, 'store'>,
  { service, subject, action, catalog }: AccessQuestion,
): Promise<Access & { readonly catalog: string }> {
  const { rules } = catalog === undefined ? await onlyCatalogOf(store, subject) : await catalogOf(store, catalog);
  const [current] = await store.currentDocuments(rules.name, [subject]);
  const registered = current && factsOf(current, await servicesOf(store, rules.name, subject));
  return { catalog: rules.name, ...access(rules, service, action, subject, registered) };
}

/** Without a catalog, exactly one may have the subject. */
async function onlyCatalogOf(store: Store, subject: string): Promise<CatalogRecord> {
  const catalogs = await store.catalogs();
  const having: CatalogRecord[] = [];
  for (const record of catalogs) if (await store.subject(record.name, subject)) having.push(record);
  const [only] = having;
  if (only && having.length === 1) return only;
  if (!only) throw new Fault('SUBJECT_NOT_FOUND', { subject }, { message: `No catalog has a subject "${subject}".` });
  const named = having.map(({ name }) => name).join(', ');
  throw new Fault(
    'PARAMETER_INVALID',
    { problems: [{ in: 'query', at: '/catalog', message: 'is missing' }] },
    { message: `Several catalogs have a subject "${subject}": ${named}. Say which with "catalog".` },
  );
}

async function servicesOf(store: Store, catalog: string, subject: string): Promise<readonly string[]> {
  return (await store.consumers(catalog, subject)).map(({ service }) => service);
}

function factsOf(current: CurrentDocument, consumers: readonly string[]): AccessSubject {
  const { subject, stage, contract, classification } = current;
  return {
    subject,
    stage,
    consumers,
    ...(contract.producer !== undefined && { producer: contract.producer }),
    ...(classification !== undefined && { classification }),
  };
}

/** The source of every export of a catalog's access. */
export async function accessOf({ store }: Pick<Context, 'store'>, catalog: string): Promise<AccessExport> {
  const { rules } = await catalogOf(store, catalog);
  const consumers = new Map<string, string[]>();
  for (const { subject, service } of await store.consumers(catalog))
    consumers.set(subject, [...(consumers.get(subject) ?? []), service]);
  const current = await store.currentDocuments(catalog);
  const subjects = current.map((document) => factsOf(document, consumers.get(document.subject) ?? []));
  return { catalog: rules, table: accessTable(rules, subjects), subjects: subjects.map(({ subject }) => subject) };
}
