/** Creates a catalog or changes its rules. New rules apply to later registrations; stored versions are not checked again. */
import { catalogProblems } from '../../check/catalog-problems.ts';
import { loosenedComparison } from '../../check/weakening/index.ts';
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { readCatalog } from '../../schema/catalog.ts';
import { asJson, isObject, type Json } from '../../schema/json.ts';
import type { Context } from '../context.ts';
import type { CatalogRecord } from '../records.ts';
import { audited, entry } from '../refusal.ts';

export interface CatalogPut {
  readonly catalog: CatalogRecord;
  readonly outcome: 'created' | 'changed' | 'unchanged';
}

export async function putCatalog(context: Context, name: string, value: Json): Promise<CatalogPut> {
  const about = { action: 'catalog.put', catalog: name };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('admin', { catalog: name }))
      throw new Fault('FORBIDDEN', { permission: 'admin', catalog: name });
    const rules = readRules(name, value);
    const digest = fingerprint(asJson(rules));
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
  });
}

function readRules(name: string, value: Json) {
  const reading = readCatalog(isObject(value) && value.name === undefined ? { ...value, name } : value);
  if (!reading.ok) {
    const problems = reading.problems.map(({ pointer, message }) => ({ pointer, message }));
    throw new Fault('CATALOG_INVALID', { problems });
  }
  const unknown = catalogProblems(reading.catalog).map(({ pointer, message }) => ({ pointer, message }));
  if (unknown.length > 0) throw new Fault('CATALOG_INVALID', { problems: unknown });
  if (reading.catalog.name !== name)
    throw new Fault('CATALOG_INVALID', {
      problems: [{ pointer: '/name', message: `is "${reading.catalog.name}", but the path says "${name}"` }],
    });
  return reading.catalog;
}
