/** Every rule a version is judged by, and what is wrong with a catalog that speaks of one that does not exist. */
import { lintRules } from '../lint/rules/index.ts';
import { type RuleHeading, ruleProblems } from '../policy/rule-table.ts';
import { policyRules } from '../policy/rules/index.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { SchemaProblem } from '../schema/document.ts';

export const judgedRules: readonly RuleHeading[] = [...policyRules, ...lintRules];

export function catalogProblems(catalog: Catalog): readonly SchemaProblem[] {
  return ruleProblems(catalog, judgedRules);
}
