/** Creates a catalog or changes its rules. New rules apply to later registrations; stored versions are not checked again. */
import { envelopeSchemaProblems, ruleSettingProblems } from '../../check/catalog-problems.ts';
import { loosenedComparison } from '../../check/weakening/index.ts';
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { type Catalog, readCatalog } from '../../schema/catalog.ts';
import type { SchemaProblem } from '../../schema/document.ts';
import { asJson, isArray, isObject, type Json } from '../../schema/json.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../ports.ts';
import type { CatalogRecord } from '../records.ts';
import { type Audited, entry, inTransaction, recordingRefusal } from '../refusal.ts';
import { envelopeTask } from '../validation/envelope-validators.ts';

export interface CatalogPut {
  readonly catalog: CatalogRecord;
  readonly outcome: 'created' | 'changed' | 'unchanged';
}

export async function putCatalog(context: Context, name: string, value: Json): Promise<CatalogPut> {
  const about = { action: 'catalog.put', catalog: name };
  return recordingRefusal(context, about, async () => {
    if (!context.caller.can('admin', { catalog: name }))
      throw new Fault('FORBIDDEN', { permission: 'admin', catalog: name });
    const rules = readRules(name, value);
    const digest = fingerprint(asJson(rules));
    if ((await context.store.catalog(name))?.fingerprint !== digest) await requireEnvelope(context, rules, digest);
    return inTransaction(context, (transaction) => replace(context, about, transaction, { rules, digest }));
  });
}

async function replace(
  context: Context,
  about: Audited & { readonly catalog: string },
  transaction: Transaction,
  { rules, digest }: { readonly rules: Catalog; readonly digest: string },
): Promise<CatalogPut> {
  const name = about.catalog;
  const before = await transaction.catalog(name);
  if (before?.fingerprint === digest) return { catalog: before, outcome: 'unchanged' };
  const loosened = before ? loosenedComparison(before.rules, rules) : [];
  const catalog = await transaction.putCatalog(rules, digest);
  await transaction.announce({
    type: 'herald.catalog.changed.v1',
    catalog: name,
    subject: '',
    data: { catalog: name, fingerprint: digest },
  });
  await transaction.appendAudit({
    ...entry(context, about),
    outcome: 'done',
    after: digest,
    ...(before && { before: before.fingerprint }),
    ...(loosened.length > 0 && { details: { loosened } }),
  });
  return { catalog, outcome: before ? 'changed' : 'created' };
}

/** The envelope as events will be held against it. A stranger's schema may take long: it is read and compiled in another thread. */
async function requireEnvelope({ validations, caller }: Context, rules: Catalog, digest: string): Promise<void> {
  if (rules.envelope === 'cloudevents-1.0') return;
  try {
    await validations.validate(envelopeTask(rules, digest), caller);
  } catch (error) {
    throw error instanceof Fault ? ofEnvelope(error) : error;
  }
}

function ofEnvelope(fault: Fault): Fault {
  const { code, details } = fault;
  if (code === 'VALIDATION_TOO_COSTLY') return invalid(envelopeSchemaProblems([{ pointer: '', message: tooCostly }]));
  if (code !== 'SCHEMA_INVALID') return fault;
  const stated = isArray(details.problems) ? details.problems.filter(isObject) : [];
  return invalid(
    envelopeSchemaProblems(
      stated.map(({ pointer, message }) => ({ pointer: String(pointer), message: String(message) })),
    ),
  );
}

const tooCostly = 'takes too much time or memory to be read and compiled';

function invalid(problems: readonly Pick<SchemaProblem, 'pointer' | 'message'>[]): Fault {
  return new Fault('CATALOG_INVALID', { problems: problems.map(({ pointer, message }) => ({ pointer, message })) });
}

function readRules(name: string, value: Json): Catalog {
  const reading = readCatalog(isObject(value) && value.name === undefined ? { ...value, name } : value);
  if (!reading.ok) throw invalid(reading.problems);
  const unknown = ruleSettingProblems(reading.catalog);
  if (unknown.length > 0) throw invalid(unknown);
  if (reading.catalog.name !== name)
    throw invalid([{ pointer: '/name', message: `is "${reading.catalog.name}", but the path says "${name}"` }]);
  return reading.catalog;
}
