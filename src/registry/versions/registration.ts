/**
 * One attempt to register a version: the check, and what is written where it lets the version in. The check may take seconds and holds
 * nothing; writing locks the subject first and finds unchanged what the check was based on.
 */
import { fieldsOf, mayAskForFields } from '../../check/neighbours.ts';
import { type Raised, raised } from '../../check/raised.ts';
import type { CheckFinding, Report } from '../../check/report.ts';
import { blocks } from '../../check/waive.ts';
import { Fault, isFaultCode } from '../../errors.ts';
import type { Contract } from '../../schema/contract.ts';
import { isAttached } from '../../schema/definition.ts';
import { asJson, isObject, type Json, member } from '../../schema/json.ts';
import { parseSubject } from '../../schema/subject.ts';
import type { Context } from '../context.ts';
import type { GroupedTransaction, Reads, Shown, Surroundings } from '../ports.ts';
import type { CatalogRecord, SchemaRecord, SubjectRecord, VersionRecord } from '../records.ts';
import { type Audited, entry, type Refusal } from '../refusal.ts';
import { searchTextOf, storable } from '../search-text.ts';
import { type CheckedCandidate, type CheckInput, checkAgainst, currentBasis } from './check.ts';
import { knowing } from './knowing.ts';
import { firstLineOf, twinFault } from './twin.ts';

export interface Registered {
  readonly version: VersionRecord;
  readonly report: Report;
  /** False where the subject had this very content already. */
  readonly created: boolean;
}

/** Whose registration it is, and of what. */
export interface Asked {
  readonly context: Context;
  readonly input: CheckInput;
  readonly about: Audited;
}

/** What came of the check: a version that is there already, or one that may be written. */
export type Attempt =
  | { readonly kind: 'same'; readonly report: Report; readonly number: number }
  | { readonly kind: 'new'; readonly report: Report; readonly outcome: CheckedCandidate };

/** Throws the fault of a refusal. `reads` answers what `around` knows. */
export async function attempt(
  { context, input }: Pick<Asked, 'context' | 'input'>,
  reads: Reads,
  around: Surroundings,
): Promise<Attempt> {
  const { catalog, subject } = around;
  if (!catalog) throw new Fault('CATALOG_NOT_FOUND', { catalog: input.catalog });
  if (!parseSubject(input.subject)) throw new Fault('SUBJECT_NAME_INVALID', { subject: input.subject.slice(0, 200) });
  return judged(
    { context, input },
    await checkAgainst(context, knowing(reads, input, around), catalog, subject, input),
  );
}

/** What a check says. Throws the fault of a refusal. */
export function judged({ context, input }: Pick<Asked, 'context' | 'input'>, outcome: CheckedCandidate): Attempt {
  const { report } = outcome.checked;
  authorize(context, input, outcome);
  if (report.same !== undefined && input.place?.version === undefined)
    return { kind: 'same', report, number: report.same };
  if (!report.gate.allowed) throw refusedWith(report, report.gate);
  return { kind: 'new', report, outcome };
}

export type PutContent = GroupedTransaction['putSchema'];

/** What a check was based on is another now. Rolls the transaction back. */
export class BasisChanged extends Error {}

/** A subject that is locked, or nobody else creates. */
export interface Locked {
  readonly catalog: CatalogRecord;
  readonly subject: SubjectRecord;
  readonly around: Surroundings;
}

export async function lockSubject(transaction: GroupedTransaction, input: CheckInput): Promise<Locked> {
  const around = await transaction.lockSurroundings(input.catalog, input.subject, firstLineOf(input));
  const { catalog, twin } = around;
  if (!catalog) throw new Fault('CATALOG_NOT_FOUND', { catalog: input.catalog });
  if (!around.subject && twin) throw twinFault(input, twin);
  const subject = around.subject ?? (await transaction.createSubject(input.catalog, input.subject));
  return { catalog, subject, around };
}

/** Throws BasisChanged. */
export async function write(
  { context, input, about }: Asked,
  outcome: CheckedCandidate,
  transaction: GroupedTransaction,
  put: PutContent,
  { catalog, subject, around }: Locked,
): Promise<VersionRecord> {
  const reads = knowing(transaction, input, around);
  const basis = await currentBasis(context, reads, catalog, subject, outcome.references);
  if (basis !== outcome.basis) throw new BasisChanged();
  const version = await insert(context, transaction, put, { catalog, subject }, input, outcome);
  const before = outcome.history.versions.at(-1)?.fingerprint;
  await transaction.appendAudit({
    ...entry(context, about),
    outcome: 'done',
    ...(before !== undefined && { before }),
    after: version.schema.fingerprint,
    details: { number: version.number, schemaId: version.schema.id },
  });
  return version;
}

/** Of a document whose registration holds up nobody who is committed with it: indexing a long one takes the database a while. */
const maxGroupedText = 65_536;

/** Whether it may be committed together with others. */
export function isShort(input: CheckInput): boolean {
  return textLengthOf(input) <= maxGroupedText;
}

function textLengthOf({ source, given }: CheckInput): number {
  if (given) return given.definition.text.length;
  return 'text' in source ? source.text.length : JSON.stringify(source.value).length;
}

/** All lines of one event: whether a line may be created depends on what the others are called. */
export function lineKey({ catalog, subject }: CheckInput): string {
  return JSON.stringify([catalog, parseSubject(subject)?.type ?? subject]);
}

/** The report that refused a registration, by its fault. */
const reports = new WeakMap<Fault, Report>();

/** Only ids of rules and findings: messages and witnesses quote documents and events. */
export function refusalOf(fault: Fault): Refusal {
  const report = reports.get(fault);
  if (!report) return {};
  const { code } = fault;
  const { catalog, subject, fingerprint, findings } = report;
  const rules = rulesOf(findings);
  const data = { code, rules, ...(fingerprint !== '' && { fingerprint }) };
  return {
    ...(fingerprint !== '' && { after: fingerprint }),
    details: { rules },
    announcement: { type: 'herald.version.refused.v1', catalog, subject, data },
  };
}

function rulesOf(findings: readonly Pick<CheckFinding, 'rule' | 'severity' | 'waiver'>[]): string[] {
  return [...new Set(findings.filter((finding) => blocks(finding)).map(({ rule }) => rule))].sort();
}

/** Why a registration was refused: the rules of its report, or the code of the fault. */
export function refusedBy(fault: Fault): readonly string[] {
  const rules = rulesOf(reports.get(fault)?.findings ?? []);
  return rules.length > 0 ? rules : [fault.code];
}

/**
 * A publisher registers only for services it may speak for: for the producer the document names, and for the one that has the
 * subject so far, whatever the catalog's rules make of another. Unreadable documents name no service: then the check refuses anyway.
 */
function authorize({ caller }: Context, input: CheckInput, { checked, history }: CheckedCandidate): void {
  const { catalog, subject } = input;
  const named = checked.version?.contract.producer;
  const owner = history.versions.at(-1)?.contract.producer;
  for (const service of new Set([named, owner])) {
    const about = { catalog, subject, ...(service !== undefined && { service }) };
    if (caller.can('publish', about)) continue;
    const message = `The caller does not speak for "${service}", which produces "${subject}".`;
    throw new Fault('FORBIDDEN', { permission: 'publish', ...about }, service === undefined ? {} : { message });
  }
}

function refusedWith(report: Report, { fault: stated, because }: Extract<Report['gate'], { allowed: false }>): Fault {
  const code = isFaultCode(stated) ? stated : 'POLICY_REFUSED';
  const fault = new Fault(code, { report: asJson(report) }, { message: because });
  reports.set(fault, report);
  return fault;
}

async function insert(
  context: Context,
  transaction: GroupedTransaction,
  put: PutContent,
  { catalog, subject }: { readonly catalog: CatalogRecord; readonly subject: SubjectRecord },
  input: CheckInput,
  outcome: CheckedCandidate,
): Promise<VersionRecord> {
  const { references, history } = outcome;
  const { report, version: made } = outcome.checked;
  if (!made) throw new Error('the gate allowed a document that could not be read');
  const { document, contract, classification, tags } = made;
  const schema = await put(schemaOf(input, outcome));
  const shown = shownOf(catalog, subject.name, document.root, contract);
  const { owner } = shown;
  const version = await transaction.insertVersion({
    ...shown,
    searchText: searchTextOf({ subject: subject.name, document, contract, tags, owner, classification }),
    ...(mayAskForFields(catalog.rules) && {
      fields: fieldsOf({ subject: subject.name, document: { ...document, bundle: new Map() } }),
    }),
    catalog: subject.catalog,
    subject: subject.name,
    number: input.place?.version ?? subject.issued + 1,
    label: report.label,
    schema,
    contract,
    ...(classification !== undefined && { classification }),
    ...givenOf(input, schema),
    tags: tags.map(storable),
    report,
    references,
    createdBy: context.caller.actor,
  });
  const key = { catalog: subject.catalog, subject: subject.name };
  if (version.number === 1)
    await transaction.announce({
      type: 'herald.subject.registered.v1',
      ...key,
      data: { ...(owner !== undefined && { owner }) },
    });
  await transaction.announce({
    type: 'herald.version.registered.v1',
    ...key,
    data: {
      number: version.number,
      label: version.label,
      schemaId: schema.id,
      fingerprint: report.fingerprint,
      change: report.change,
    },
  });
  const { levels } = catalog.rules.classification;
  const before = history.versions.at(-1);
  const change =
    before && raised(levels, before, { document, ...(classification !== undefined && { classification }) });
  if (change) await announceRaised(transaction, version, change);
  return version;
}

/** The text as this subject has it, where another registered the same content in other words before. */
function givenOf({ given }: CheckInput, { source, text }: SchemaRecord): { readonly given?: string } {
  const own = given?.definition.text;
  return own === undefined || own === (source ?? text) ? {} : { given: own };
}

/** What lists show of a subject beside its version. */
export function shownOf({ rules }: CatalogRecord, subject: string, root: Json, contract: Contract): Shown {
  const title = isObject(root) ? member(root, 'title') : undefined;
  const owner = contract.owner ?? rules.domains[parseSubject(subject)?.domain ?? '']?.owner;
  return { ...(typeof title === 'string' && { title: listed(title) }), ...(owner !== undefined && { owner }) };
}

/** Of Avro and Protobuf the text is the JSON Schema of their events, and the definition stands beside it. */
export function schemaOf({ source, given }: CheckInput, { checked }: CheckedCandidate): Omit<SchemaRecord, 'id'> {
  const { report, version } = checked;
  if (!version) throw new Error('the gate allowed a document that could not be read');
  const { dialect, root } = version.document;
  const content = { fingerprint: report.fingerprint, dialect };
  if (given === undefined) {
    const text = 'text' in source ? source.text : JSON.stringify(source.value);
    return { ...content, format: 'json', text };
  }
  const { definition, attached } = given;
  const { format } = definition;
  return {
    ...content,
    format,
    ...(format === 'json' ? { text: definition.text } : { text: JSON.stringify(root), source: definition.text }),
    ...(isAttached(attached) && { attached }),
  };
}

async function announceRaised(transaction: GroupedTransaction, version: VersionRecord, change: Raised): Promise<void> {
  const { catalog, subject, number } = version;
  const { previous, classification, pointers } = change;
  await transaction.announce({
    type: 'herald.classification.raised.v1',
    catalog,
    subject,
    data: { number, previous, classification, pointers },
  });
}

/** The part of a title that lists show and searches find: indexing a very long one would occupy the database for hours. */
function listed(title: string): string {
  return storable(title.slice(0, 500)).replace(/[\ud800-\udbff]$/u, '');
}
