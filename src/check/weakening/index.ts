/**
 * What a changed catalog demands less than the catalog before it. A change is checked by the stricter of the two: each weakening is
 * taken back for the check unless it is waived, so that no change can switch off the rule that would refuse it.
 */
import type { Catalog } from '../../schema/catalog.ts';
import type { JsonObject } from '../../schema/json.ts';
import { findingFingerprint } from '../fingerprint.ts';
import type { Waiver } from '../input.ts';
import type { CheckFinding } from '../report.ts';
import { waive } from '../waive.ts';
import { classificationWeakenings } from './classification.ts';
import { compatibilityWeakenings } from './compatibility.ts';
import { envelopeWeakenings } from './envelope.ts';
import { nameWeakenings } from './names.ts';
import { ownershipWeakenings } from './ownership.ts';
import { periodWeakenings } from './periods.ts';
import { ruleWeakenings } from './rules.ts';
import type { FindWeakenings } from './weakening.ts';

/** One row per family of demands; read here alone. */
const families: readonly FindWeakenings[] = [
  compatibilityWeakenings,
  ruleWeakenings,
  nameWeakenings,
  envelopeWeakenings,
  classificationWeakenings,
  ownershipWeakenings,
  periodWeakenings,
];

/** What waivers of findings about the catalog itself name as their subject. */
export const catalogSubject = 'catalog.json';

export interface StricterCatalog {
  /** The changed catalog with every weakening taken back that no waiver permits. */
  readonly catalog: Catalog;
  readonly findings: readonly CheckFinding[];
}

export interface CatalogChange {
  readonly before: Catalog;
  readonly now: Catalog;
  /** The subjects of both. */
  readonly subjects: readonly string[];
  /** Where `before` is from: `main (1a2b3c4)`. */
  readonly baseline: string;
  readonly waivers: readonly Waiver[];
  readonly today: string;
}

/** The changed catalog, which counts no edit as less of a break than the one before did. */
export function stricterComparison(before: Catalog, now: Catalog): Catalog {
  let catalog = now;
  for (const { restore } of compatibilityWeakenings(before, now, [])) catalog = restore(catalog);
  return catalog;
}

/** By which demands the changed catalog counts fewer edits as breaks, as pointers into it with what they were and are. */
export function loosenedComparison(before: Catalog, now: Catalog): readonly JsonObject[] {
  return [...compatibilityWeakenings(before, now, [])].map(({ pointer, what, before: was, now: is }) => ({
    pointer,
    what,
    before: was,
    now: is,
  }));
}

export function stricterCatalog({ before, now, subjects, baseline, waivers, today }: CatalogChange): StricterCatalog {
  let catalog = now;
  const findings: CheckFinding[] = [];
  for (const find of families)
    for (const { pointer, what, message, before: was, now: is, restore } of find(before, now, subjects)) {
      const params = { what: pointer, before: was, now: is };
      const found: CheckFinding = {
        kind: 'policy',
        rule: 'CATALOG_WEAKENED',
        severity: 'error',
        message: message ?? `This change weakens the catalog: ${what} ${changeText(was, is)}.`,
        hint: `The rules of ${baseline} apply to this change. To lower the demand on purpose, waive this finding.`,
        params,
        nextPointer: pointer,
        fingerprint: findingFingerprint('CATALOG_WEAKENED', catalogSubject, pointer, params),
      };
      const [finding = found] = waive([found], waivers, catalogSubject, today);
      findings.push(finding);
      if (!finding.waiver) catalog = restore(catalog);
    }
  return { catalog, findings };
}

function changeText(was: unknown, is: unknown): string {
  if (was === null) return `is added: ${JSON.stringify(is)}`;
  if (is === null) return `is removed; it was ${JSON.stringify(was)}`;
  return `changes from ${JSON.stringify(was)} to ${JSON.stringify(is)}`;
}
