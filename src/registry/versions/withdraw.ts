/**
 * Withdraws a version that was registered by mistake, while nobody has used it. Its number and its schema id are never given again,
 * and the audit log keeps who withdrew what and why.
 */
import { Fault } from '../../errors.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../ports.ts';
import type { CatalogRecord, SubjectRecord, VersionRecord } from '../records.ts';
import { audited, entry } from '../refusal.ts';
import { searchTextOf } from '../search-text.ts';
import { bundleOf } from './bundle.ts';
import { catalogOf, requireVersion, type SubjectKey } from './look-up.ts';
import { shownOf } from './registration.ts';

export interface WithdrawInput extends SubjectKey {
  readonly number: number;
  readonly reason: string;
}

/** Faults: FORBIDDEN, VERSION_NOT_FOUND, and VERSION_IN_USE with every reason against it. */
export async function withdrawVersion(context: Context, input: WithdrawInput): Promise<void> {
  const { catalog, subject, number, reason } = input;
  const about = { action: 'version.withdraw', catalog, subject };
  await audited(context, about, async (transaction) => {
    const rules = await catalogOf(transaction, catalog);
    const locked = await transaction.lockSubject(catalog, subject);
    if (!locked) throw new Fault('SUBJECT_NOT_FOUND', { catalog, subject });
    const version = await transaction.version(catalog, subject, number);
    authorize(context, input, version);
    requireVersion(version, locked, number);
    const left = await versionBefore(transaction, input);
    const { shown, searchText } = left ? await shownBy(context, transaction, rules, left) : nothingShown;
    // before what refers to it is read: a reference that is being registered meanwhile waits for this, or is found
    await transaction.withdraw(catalog, subject, number, shown);
    await refuseIfUsed(transaction, locked, version, left === undefined);
    await transaction.putSearchText(catalog, subject, searchText);
    const { id, fingerprint } = version.schema;
    await transaction.announce({
      type: 'herald.version.withdrawn.v1',
      catalog,
      subject,
      data: { number, schemaId: id, fingerprint, reason },
    });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      before: fingerprint,
      reason,
      details: { number, schemaId: id, label: version.label },
    });
  });
}

/** As registering it: for the service that produces it. */
function authorize({ caller }: Context, { catalog, subject }: WithdrawInput, version: VersionRecord | undefined): void {
  const service = version?.contract.producer;
  const about = { catalog, subject, ...(service !== undefined && { service }) };
  if (!caller.can('publish', about)) throw new Fault('FORBIDDEN', { permission: 'publish', ...about });
}

/** `isOnly`: its subject goes with it. */
async function refuseIfUsed(
  transaction: Transaction,
  subject: SubjectRecord,
  version: VersionRecord,
  isOnly: boolean,
): Promise<void> {
  const { catalog, name } = subject;
  const { number } = version;
  const because: string[] = [];
  if (subject.latest !== number) because.push(`version ${subject.latest} was registered after it`);
  if (subject.stage !== 'active')
    because.push(`"${name}" is ${subject.stage}, and its plan was decided by this version`);
  const referrers = await transaction.referrers(catalog, name, number);
  for (const other of referrers.filter(({ withdrawnAt }) => withdrawnAt === undefined).slice(0, maxNamed))
    because.push(`version ${other.number} of ${other.catalog}/${other.subject} refers to it`);
  const usage = await transaction.usage({ catalog, subject: name });
  const services = [...new Set(usage.filter((row) => row.number === number).map(({ service }) => service))].sort();
  if (services.length > 0) because.push(`events of it were validated by ${services.slice(0, maxNamed).join(', ')}`);
  const plans = await transaction.deprecations(catalog);
  for (const plan of plans.filter(({ successor }) => successor === name))
    if (isOnly || plan.mapping?.proof?.successorVersion === number)
      because.push(`the plan that deprecates "${plan.subject}" depends on it`);
  if (isOnly) {
    const declared = (await transaction.consumers(catalog, name)).filter(({ origin }) => origin === 'declared');
    for (const { service } of declared.slice(0, maxNamed))
      because.push(`"${service}" declared that it consumes "${name}"`);
  }
  if (because.length === 0) return;
  const message = `Version ${number} of "${name}" cannot be withdrawn: ${because.join('; ')}.`;
  throw new Fault('VERSION_IN_USE', { catalog, subject: name, version: number, because }, { message });
}

/** Of one kind, in one refusal. */
const maxNamed = 20;

/** What is the latest again without it. */
async function versionBefore(transaction: Transaction, { catalog, subject, number }: WithdrawInput) {
  const { items } = await transaction.versions(catalog, subject, { limit: 2 });
  return items.find((version) => version.number !== number);
}

const nothingShown = { shown: {}, searchText: '' };

async function shownBy(
  { limits }: Pick<Context, 'limits'>,
  transaction: Transaction,
  rules: CatalogRecord,
  { subject, schema, contract, tags, classification }: VersionRecord,
) {
  const documents = await bundleOf(transaction, schema.text, limits.bundle);
  const document = trustedSchema(schema.text, schema.dialect, documents);
  const shown = shownOf(rules, subject, document.root, contract);
  return { shown, searchText: searchTextOf({ subject, document, contract, tags, owner: shown.owner, classification }) };
}
