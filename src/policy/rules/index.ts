/** One row per policy rule, in the order findings are reported. Read by the ruleset, the README's list and the catalogue test. */
import type { PolicyRule } from '../rule.ts';
import { classificationCoversDomain } from './classification-covers-domain.ts';
import { classificationLevelCoversFields } from './classification-level-covers-fields.ts';
import { classificationLowered } from './classification-lowered.ts';
import { classificationStated } from './classification-stated.ts';
import { consumersCleared } from './consumers-cleared.ts';
import { correlationReachable } from './correlation-reachable.ts';
import { decisionRecord } from './decision-record.ts';
import { descriptionPresent } from './description-present.ts';
import { envelopeUnchanged } from './envelope-unchanged.ts';
import { explicitFields } from './explicit-fields.ts';
import { fieldNaming } from './field-naming.ts';
import { fieldTypeConsistent } from './field-type-consistent.ts';
import { nameGrammar } from './name-grammar.ts';
import { nameStatesAFact } from './name-states-a-fact.ts';
import { orderingKeyRequiredField } from './ordering-key-required-field.ts';
import { personalDataTagged } from './personal-data-tagged.ts';
import { producerKnown } from './producer-known.ts';
import { producerOwnsDomain } from './producer-owns-domain.ts';
import { readersKept } from './readers-kept.ts';
import { referenceToLiveSubject } from './reference-to-live-subject.ts';
import { retentionStated } from './retention-stated.ts';
import { tagsHonoured } from './tags-honoured.ts';

export const policyRules: readonly PolicyRule[] = [
  nameGrammar,
  nameStatesAFact,
  producerKnown,
  producerOwnsDomain,
  classificationStated,
  classificationCoversDomain,
  classificationLevelCoversFields,
  classificationLowered,
  tagsHonoured,
  personalDataTagged,
  consumersCleared,
  readersKept,
  retentionStated,
  decisionRecord,
  correlationReachable,
  orderingKeyRequiredField,
  envelopeUnchanged,
  referenceToLiveSubject,
  explicitFields,
  descriptionPresent,
  fieldNaming,
  fieldTypeConsistent,
];
