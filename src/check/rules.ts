/** All rules a catalog may configure (policy and lint), and the problems of a catalog that names an unknown one. */
import { lintRules } from '../lint/rules/index.ts';
import { type RuleHeading, ruleProblems } from '../policy/rule-table.ts';
import { policyRules } from '../policy/rules/index.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { SchemaProblem } from '../schema/document.ts';

export const catalogRules: readonly RuleHeading[] = [...policyRules, ...lintRules];

export function catalogProblems(catalog: Catalog): readonly SchemaProblem[] {
  return ruleProblems(catalog, catalogRules);
}
