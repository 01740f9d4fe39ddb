/**
 * A service declares that it consumes a subject and which fields it reads, or withdraws the declaration. Consumers that a
 * producer's contract names change only with the next version of the contract.
 */

import { checkDeclarationOf, type DeclarationCheck } from '../../check/readers/declaration.ts';
import { Fault } from '../../errors.ts';
import { permits } from '../../policy/access.ts';
import { asJson, isObject } from '../../schema/json.ts';
import { parseSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import type { Reads } from '../ports.ts';
import type { CatalogRecord, ConsumerRecord, VersionRecord } from '../records.ts';
import { audited, digestOf, entry } from '../refusal.ts';
import { bundleOf } from '../versions/bundle.ts';
import { findSubject, type SubjectKey } from '../versions/look-up.ts';

type Declaration = Pick<ConsumerRecord, 'reads' | 'requires' | 'samples' | 'critical' | 'note'>;

/** As a request states it: values that came as JSON. */
export interface StatedDeclaration extends Omit<Declaration, 'requires' | 'samples'> {
  readonly requires?: Readonly<Record<string, unknown>>;
  readonly samples?: readonly unknown[];
}

function declarationOf({ requires, samples, ...stated }: StatedDeclaration): Declaration {
  const demand = requires === undefined ? undefined : asJson(requires);
  return { ...stated, ...(isObject(demand) && { requires: demand }), ...(samples && { samples: samples.map(asJson) }) };
}

export async function declareConsumer(
  context: Context,
  key: SubjectKey & { readonly service: string },
  given: StatedDeclaration,
): Promise<{ readonly consumer: ConsumerRecord; readonly notices: readonly string[] }> {
  const { catalog, subject, service } = key;
  const stated = declarationOf(given);
  // what a stranger may make hard is done before the transaction, and what it was held against is looked at again under the lock
  const checked = context.caller.can('consume', key) ? await checkedDeclaration(context, key, stated) : undefined;
  const about = { action: 'consumer.declare', catalog, subject };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('consume', key)) throw new Fault('FORBIDDEN', { permission: 'consume', service });
    await findSubject(transaction, key);
    await transaction.lockSubject(catalog, subject);
    await refuseUnpermitted(transaction, key);
    await refuseAboveClearance(transaction, key);
    const notices = await refuseUnreadable(transaction, key, checked);
    const consumer: ConsumerRecord = { catalog, subject, service, origin: 'declared', ...stated };
    const before = (await transaction.consumers(catalog, subject)).find((row) => row.service === service);
    await transaction.putConsumer(consumer);
    await transaction.announce({
      type: 'herald.consumer.declared.v1',
      catalog,
      subject,
      data: { service, ...(stated.reads && { reads: stated.reads }) },
    });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      ...(before && { before: digestOf(before) }),
      after: digestOf(consumer),
      details: { service },
    });
    return { consumer, notices };
  });
}

/** A declaration, and what it was held against. */
interface CheckedDeclaration {
  readonly check: DeclarationCheck;
  readonly against: string;
}

/** Undefined where there is nothing to hold it against. */
async function checkedDeclaration(
  context: Context,
  { catalog, subject }: SubjectKey,
  stated: Declaration,
): Promise<CheckedDeclaration | undefined> {
  const { store, limits, checks, caller } = context;
  const [rules, version] = await heldAgainst(store, { catalog, subject });
  if (rules === undefined || version === undefined) return undefined;
  const against = markOf(rules, version);
  const { text, format } = version.schema;
  if (format !== 'json') return { check: checkDeclarationOf(format, stated), against };
  const parsed = parseSchema({ text }, { limits, bundle: await bundleOf(store, text, limits.bundle) });
  if (!parsed.ok) throw new Error('what was registered can be read');
  const { classification } = version;
  const about = { document: parsed.document, classification, catalog: rules.rules, limits };
  return { check: await checks.declaration(stated, about, caller), against };
}

async function heldAgainst(reads: Reads, { catalog, subject }: SubjectKey) {
  return [await reads.catalog(catalog), await reads.version(catalog, subject, 'latest')] as const;
}

function markOf(catalog: CatalogRecord, version: VersionRecord): string {
  return `${catalog.fingerprint} ${version.number}`;
}

/** What is odd and true all the same is answered. */
async function refuseUnreadable(
  reads: Reads,
  { catalog, subject, service }: SubjectKey & { readonly service: string },
  checked: CheckedDeclaration | undefined,
): Promise<readonly string[]> {
  const [rules, version] = await heldAgainst(reads, { catalog, subject });
  if (rules === undefined || version === undefined) return [];
  if (checked?.against !== markOf(rules, version)) throw new Fault('SUBJECT_LOCKED', { catalog, subject });
  return keptOrRefused(service, subject, checked.check);
}

function keptOrRefused(service: string, subject: string, { problems, notices }: DeclarationCheck): readonly string[] {
  if (problems.length === 0) return notices;
  const first = problems.slice(0, maxProblems).map(({ pointer, message }) => `${pointer} ${message}`);
  throw new Fault(
    'READING_INVALID',
    { service, problems: problems.map(({ pointer, message }) => ({ pointer, message })) },
    { message: `What ${service} says that it reads of ${subject} cannot be kept: ${first.join('; ')}.` },
  );
}

/** Named in the message; all stand in the details. */
const maxProblems = 5;

/** A catalog's lists apply to services that declare themselves as to those that a contract names. */
async function refuseUnpermitted(
  reads: Parameters<typeof findSubject>[0],
  { catalog, subject, service }: SubjectKey & { readonly service: string },
): Promise<void> {
  const services = (await reads.catalog(catalog))?.rules.services ?? {};
  const row = Object.hasOwn(services, service) ? services[service] : undefined;
  if (!permits(row, 'subscribe', subject))
    throw new Fault(
      'FORBIDDEN',
      { service, subject },
      { message: `The catalog does not let "${service}" subscribe to "${subject}".` },
    );
}

/** A service cleared up to a level receives nothing above it. */
async function refuseAboveClearance(
  reads: Parameters<typeof findSubject>[0],
  { catalog, subject, service }: SubjectKey & { readonly service: string },
): Promise<void> {
  const rules = (await reads.catalog(catalog))?.rules;
  const services = rules?.services ?? {};
  const clearance = Object.hasOwn(services, service) ? services[service]?.clearance : undefined;
  const level = (await reads.version(catalog, subject, 'latest'))?.classification;
  if (!rules || clearance === undefined || level === undefined) return;
  const { levels } = rules.classification;
  if (levels.indexOf(level) > levels.indexOf(clearance))
    throw new Fault(
      'FORBIDDEN',
      { service, clearance, classification: level },
      { message: `"${service}" is cleared up to "${clearance}"; the event is "${level}".` },
    );
}

export async function withdrawConsumer(
  context: Context,
  key: SubjectKey & { readonly service: string },
): Promise<void> {
  const { catalog, subject, service } = key;
  const about = { action: 'consumer.withdraw', catalog, subject };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('consume', key)) throw new Fault('FORBIDDEN', { permission: 'consume', service });
    await findSubject(transaction, key);
    await transaction.lockSubject(catalog, subject);
    const before = (await transaction.consumers(catalog, subject)).find((row) => row.service === service);
    if (!(await transaction.deleteConsumer(catalog, subject, service)))
      throw new Fault('CONSUMER_NOT_FOUND', { catalog, subject, service });
    await transaction.announce({ type: 'herald.consumer.removed.v1', catalog, subject, data: { service } });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      ...(before && { before: digestOf(before) }),
      details: { service },
    });
  });
}
