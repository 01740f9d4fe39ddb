/** What is wrong with a catalog beyond its own shape: settings of rules that do not exist, and an envelope that is no schema. */
import { ruleProblems } from '../policy/rule-table.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { SchemaProblem } from '../schema/document.ts';
import { registryLimits } from '../schema/limits.ts';
import { parseSchema } from '../schema/parse.ts';
import { catalogRules } from './rules.ts';

export function catalogProblems(catalog: Catalog): readonly SchemaProblem[] {
  return [...ruleSettingProblems(catalog), ...envelopeProblems(catalog)];
}

export function ruleSettingProblems(catalog: Catalog): readonly SchemaProblem[] {
  return ruleProblems(catalog, catalogRules);
}

/** Every event is validated by the envelope's schema and has a type made from it, so it must be what an event's schema must be. */
function envelopeProblems({ envelope }: Catalog): readonly SchemaProblem[] {
  if (envelope === 'cloudevents-1.0') return [];
  const parsed = parseSchema({ value: envelope.schema }, { limits: registryLimits });
  return parsed.ok ? [] : envelopeSchemaProblems(parsed.problems);
}

/** What is wrong with the schema, as the catalog that states it has it. */
export function envelopeSchemaProblems(
  problems: readonly Pick<SchemaProblem, 'pointer' | 'message'>[],
): readonly SchemaProblem[] {
  return problems.map(({ pointer, message }) => ({
    rule: 'CATALOG_INVALID',
    pointer: `/envelope/schema${pointer}`,
    message,
  }));
}
