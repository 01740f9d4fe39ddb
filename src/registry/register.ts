/**
 * Registration: a check inside a transaction that has locked the subject, then the version and its announcement in the same
 * transaction. Nothing slips in between, nothing is announced that is not stored, and repeating a request that timed out is safe.
 */
import type { Report } from '../check/report.ts';
import { Fault, isFaultCode } from '../errors.ts';
import { isObject, member } from '../schema/json.ts';
import { highest, sensitivities } from '../schema/sensitivity.ts';
import { parseSubject } from '../schema/subject.ts';
import { type CheckedCandidate, type CheckInput, catalogOf, checkAgainst } from './check.ts';
import type { Context } from './context.ts';
import type { CatalogRecord, ConsumerRecord, SubjectRecord, Transaction, VersionRecord } from './ports.ts';
import { audited, entry } from './refusal.ts';

export interface Registered {
  readonly version: VersionRecord;
  readonly report: Report;
  /** False where the subject had this very content already. */
  readonly created: boolean;
}

export async function register(context: Context, input: CheckInput): Promise<Registered> {
  const about = { action: 'version.register', catalog: input.catalog, subject: input.subject };
  return audited(context, about, async (transaction) => {
    const catalog = await catalogOf(transaction, input.catalog);
    if (!parseSubject(input.subject)) throw new Fault('SUBJECT_NAME_INVALID', { subject: input.subject.slice(0, 200) });
    const subject = await transaction.lockSubject(input.catalog, input.subject, true);
    if (!subject) throw new Error('a subject that is created on demand is there');
    const outcome = await checkAgainst(context, transaction, catalog, subject, input);
    const { report } = outcome.checked;
    authorize(context, input, outcome);
    if (report.same !== undefined) {
      const version = await transaction.version(input.catalog, input.subject, report.same);
      if (version) return { version, report, created: false };
    }
    refuseUnlessAllowed(report);
    const version = await insert(context, transaction, catalog, subject, input, outcome);
    await transaction.appendAudit({ ...entry(context, about), outcome: 'done', after: version.schema.fingerprint });
    return { version, report, created: true };
  });
}

/** A publisher registers only for services it may speak for. Unreadable documents name no service: then the check refuses anyway. */
function authorize(context: Context, input: CheckInput, { checked }: CheckedCandidate): void {
  const service = checked.version?.contract.producer;
  const about = { catalog: input.catalog, subject: input.subject, ...(service !== undefined && { service }) };
  if (!context.caller.can('publish', about)) throw new Fault('FORBIDDEN', { permission: 'publish', ...about });
}

function refuseUnlessAllowed(report: Report): void {
  if (report.gate.allowed) return;
  const { fault, because } = report.gate;
  const code = isFaultCode(fault) ? fault : 'POLICY_REFUSED';
  throw new Fault(code, { report: JSON.parse(JSON.stringify(report)) }, { message: because });
}

async function insert(
  context: Context,
  transaction: Transaction,
  catalog: CatalogRecord,
  subject: SubjectRecord,
  input: CheckInput,
  { checked, references }: CheckedCandidate,
): Promise<VersionRecord> {
  const { report, version: made } = checked;
  if (!made) throw new Error('what the gate lets in was read');
  const { document, contract } = made;
  const text = 'text' in input.source ? input.source.text : JSON.stringify(input.source.value);
  const schemaId = await transaction.putSchema({ fingerprint: report.fingerprint, dialect: document.dialect, text });
  const stated = sensitivities(document);
  const domain = catalog.rules.domains[parseSubject(subject.name)?.domain ?? ''];
  const { levels } = catalog.rules.classification;
  const classification = highest(levels, [
    contract.classification ?? domain?.classification,
    ...stated.map((statement) => statement.classification),
  ]);
  const title = isObject(document.root) ? member(document.root, 'title') : undefined;
  const owner = contract.owner ?? domain?.owner;
  const version = await transaction.insertVersion({
    ...(typeof title === 'string' && { title }),
    ...(owner !== undefined && { owner }),
    catalog: subject.catalog,
    subject: subject.name,
    number: subject.latest + 1,
    label: report.label,
    schemaId,
    contract,
    ...(classification !== undefined && { classification }),
    tags: [...new Set(stated.flatMap((statement) => statement.tags))].sort(),
    report,
    references,
    createdBy: context.caller.actor,
  });
  await transaction.replaceContractConsumers(subject.catalog, subject.name, contractConsumers(subject, version));
  await transaction.announce({
    type: 'herald.version.registered.v1',
    catalog: subject.catalog,
    subject: subject.name,
    data: {
      number: version.number,
      label: version.label,
      schemaId,
      fingerprint: report.fingerprint,
      change: report.change,
    },
  });
  return version;
}

function contractConsumers(subject: SubjectRecord, version: VersionRecord): readonly ConsumerRecord[] {
  return (version.contract.consumers ?? []).map((consumer) => ({
    ...consumer,
    catalog: subject.catalog,
    subject: subject.name,
    origin: 'contract',
  }));
}
