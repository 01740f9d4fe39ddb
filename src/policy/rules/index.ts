/** One row per policy rule, in the order findings are reported. Read by the ruleset, the README's list and the catalogue test. */
import type { PolicyRule } from '../rule.ts';
import { classificationStated } from './classification-stated.ts';
import { nameGrammar } from './name-grammar.ts';
import { producerKnown } from './producer-known.ts';
import { producerOwnsDomain } from './producer-owns-domain.ts';
import { retentionStated } from './retention-stated.ts';

export const policyRules: readonly PolicyRule[] = [
  nameGrammar,
  producerKnown,
  producerOwnsDomain,
  classificationStated,
  retentionStated,
];
