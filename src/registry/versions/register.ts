/**
 * Registration: the check first, which may take seconds and holds nothing; then one transaction that locks the subject, finds what
 * the check was based on unchanged, and writes the version and its announcement. Nothing slips in between, nothing is announced that
 * is not stored, and repeating a request that timed out is safe.
 */
import { fieldsOf, mayAskForFields } from '../../check/neighbours.ts';
import { type Raised, raised } from '../../check/raised.ts';
import type { CheckFinding, Report } from '../../check/report.ts';
import { blocks } from '../../check/waive.ts';
import { Fault, isFaultCode } from '../../errors.ts';
import type { Contract } from '../../schema/contract.ts';
import { isAttached } from '../../schema/definition.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { asJson, isObject, type Json, member } from '../../schema/json.ts';
import { parseSubject } from '../../schema/subject.ts';
import type { Context } from '../context.ts';
import { proveAgain, recordProofs } from '../deprecation/prove-again.ts';
import type { GroupedTransaction, Shown, Transaction } from '../ports.ts';
import type { CatalogRecord, SchemaRecord, SubjectRecord, VersionRecord } from '../records.ts';
import { type Audited, entry, inGroup, inTransaction, type Refusal, recordingRefusal } from '../refusal.ts';
import { searchTextOf, storable } from '../search-text.ts';
import { type CheckedCandidate, type CheckInput, checkAgainst, currentBasis } from './check.ts';
import { knowing } from './knowing.ts';
import { createLine, type Line } from './line.ts';
import { inputOfStated, type StatedDefinition } from './stated.ts';
import { firstLineOf, twinFault } from './twin.ts';

export interface Registered {
  readonly version: VersionRecord;
  readonly report: Report;
  /** False where the subject had this very content already. */
  readonly created: boolean;
}

/** Times a check is done again because another process changed the subject meanwhile. */
const maxAttempts = 5;

export async function register(context: Context, input: CheckInput): Promise<Registered> {
  return registering(context, input, async () => input);
}

/** What it uses by name is found first; a reference that leads nowhere is a refusal like any other. */
export async function registerStated(context: Context, stated: StatedDefinition): Promise<Registered> {
  return registering(context, stated, () => inputOfStated(context.store, context.limits, stated));
}

async function registering(
  context: Context,
  { catalog, subject }: Pick<CheckInput, 'catalog' | 'subject'>,
  inputOf: () => Promise<CheckInput>,
): Promise<Registered> {
  const about = { action: 'version.register', catalog, subject };
  const work = async () => {
    const input = await inputOf();
    const line = lineOf(context.store);
    const key = JSON.stringify([catalog, subject]);
    const first = line.has(key) ? undefined : await registerOnce(context, input, about);
    return first ?? line.run(key, () => registerAgain(context, input, about));
  };
  return recordingRefusal(context, about, work, refusalOf);
}

/** Registrations that were overtaken, by the store they go to. */
const lines = new WeakMap<Context['store'], Line>();

function lineOf(store: Context['store']): Line {
  const line = lines.get(store) ?? createLine();
  lines.set(store, line);
  return line;
}

async function registerAgain(context: Context, input: CheckInput, about: Audited): Promise<Registered> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    if (context.caller.signal?.aborted) throw new Fault('CANCELLED');
    const registered = await registerOnce(context, input, about);
    if (registered) return registered;
  }
  throw new Fault('SUBJECT_LOCKED', { catalog: input.catalog, subject: input.subject });
}

/** Undefined where what the check was based on changed before the subject was locked. */
async function registerOnce(context: Context, input: CheckInput, about: Audited): Promise<Registered | undefined> {
  const { store } = context;
  const around = await store.surroundings(input.catalog, input.subject);
  const { catalog, subject, plans } = around;
  if (!catalog) throw new Fault('CATALOG_NOT_FOUND', { catalog: input.catalog });
  if (!parseSubject(input.subject)) throw new Fault('SUBJECT_NAME_INVALID', { subject: input.subject.slice(0, 200) });
  const outcome = await checkAgainst(context, knowing(store, input, around), catalog, subject, input);
  const { report } = outcome.checked;
  authorize(context, input, outcome);
  if (report.same !== undefined && input.place?.version === undefined) {
    const version = await store.version(input.catalog, input.subject, report.same);
    if (version) return { version, report, created: false };
  }
  if (!report.gate.allowed) throw refusedWith(report, report.gate);
  const proofs = await proveAgain(context, input, plans);
  const write = async (transaction: GroupedTransaction, put: PutContent): Promise<VersionRecord> => {
    const locked = await lockUnchanged(context, transaction, input, outcome);
    const version = await insert(context, transaction, put, locked, input, outcome);
    const before = outcome.history.versions.at(-1)?.fingerprint;
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      ...(before !== undefined && { before }),
      after: version.schema.fingerprint,
      details: { number: version.number, schemaId: version.schema.id },
    });
    return version;
  };
  const isOneOfMany = input.place === undefined && proofs.length === 0 && textLengthOf(input) <= maxGroupedText;
  try {
    const version = await (isOneOfMany
      ? inGroup(context, lineKey(input), (transaction) => write(transaction, transaction.putSchema))
      : inTransaction(context, async (transaction) => {
          const written = await write(transaction, (content) => putContent(transaction, input, content));
          await recordProofs(transaction, written, proofs);
          return written;
        }));
    return { version, report, created: true };
  } catch (error) {
    if (error instanceof BasisChanged) return undefined;
    throw error;
  }
}

/** Of a document whose registration holds up nobody who is committed with it: indexing a long one takes the database a while. */
const maxGroupedText = 65_536;

function textLengthOf({ source, given }: CheckInput): number {
  if (given) return given.definition.text.length;
  return 'text' in source ? source.text.length : JSON.stringify(source.value).length;
}

/** All lines of one event: whether a line may be created depends on what the others are called. */
function lineKey({ catalog, subject }: CheckInput): string {
  return JSON.stringify([catalog, parseSubject(subject)?.type ?? subject]);
}

type PutContent = GroupedTransaction['putSchema'];

/** Rolls the transaction back. */
class BasisChanged extends Error {}

async function lockUnchanged(
  context: Context,
  transaction: GroupedTransaction,
  input: CheckInput,
  { references, basis }: CheckedCandidate,
): Promise<{ readonly catalog: CatalogRecord; readonly subject: SubjectRecord }> {
  const around = await transaction.lockSurroundings(input.catalog, input.subject, firstLineOf(input));
  const { catalog, twin } = around;
  if (!catalog) throw new Fault('CATALOG_NOT_FOUND', { catalog: input.catalog });
  if (!around.subject && twin) throw twinFault(input, twin);
  const subject = around.subject ?? (await transaction.createSubject(input.catalog, input.subject));
  const reads = knowing(transaction, input, around);
  if ((await currentBasis(context, reads, catalog, subject, references)) !== basis) throw new BasisChanged();
  return { catalog, subject };
}

/** The report that refused a registration, by its fault. */
const reports = new WeakMap<Fault, Report>();

/** Only ids of rules and findings: messages and witnesses quote documents and events. */
function refusalOf(fault: Fault): Refusal {
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
  { checked, references, history }: CheckedCandidate,
): Promise<VersionRecord> {
  const { report, version: made } = checked;
  if (!made) throw new Error('the gate allowed a document that could not be read');
  const { document, contract, classification, tags } = made;
  const schema = await put({
    fingerprint: report.fingerprint,
    dialect: document.dialect,
    ...contentOf(input, document),
  });
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

async function putContent(
  transaction: Transaction,
  { place }: CheckInput,
  content: Omit<SchemaRecord, 'id'>,
): Promise<SchemaRecord> {
  if (place?.id === undefined) return transaction.putSchema(content);
  const schema = await transaction.putSchemaAs({ ...content, id: place.id });
  if (schema === undefined)
    throw new Fault(
      'IMPORT_CONFLICT',
      { id: place.id },
      { message: `Schema id ${place.id} is another content here, or this content has another id.` },
    );
  return schema;
}

/** Of Avro and Protobuf the text is the JSON Schema of their events, and the definition stands beside it. */
function contentOf({ source, given }: CheckInput, document: SchemaDocument) {
  if (given === undefined) {
    const text = 'text' in source ? source.text : JSON.stringify(source.value);
    return { format: 'json', text } as const;
  }
  const { definition, attached } = given;
  const { format } = definition;
  return {
    format,
    ...(format === 'json'
      ? { text: definition.text }
      : { text: JSON.stringify(document.root), source: definition.text }),
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
