/** All rules a catalog may configure: of policy, and lints. */
import { lintRules } from '../lint/rules/index.ts';
import type { RuleHeading } from '../policy/rule-table.ts';
import { policyRules } from '../policy/rules/index.ts';

export const catalogRules: readonly RuleHeading[] = [...policyRules, ...lintRules];
