import { effectiveSensitivity, eventLevel } from '../effective.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const classificationLevelCoversFields: PolicyRule = {
  id: 'classification-level-covers-fields',
  summary: 'The event is at least as sensitive as the most sensitive of its fields, wherever they are defined.',
  severity: 'error',
  fault: 'POLICY_REFUSED',
  *check({ document, contract, name, catalog }): Generator<PolicyFinding> {
    const { levels } = catalog.classification;
    const level = eventLevel(contract, name, catalog);
    for (const part of effectiveSensitivity(document, levels, level).values()) {
      const { classification } = part;
      if (!part.stated || classification === undefined) continue;
      const about = { pointer: part.pointer, params: { classification, event: level ?? null } };
      if (!levels.includes(classification))
        yield {
          ...about,
          message: `"${classification}" is not a classification of this catalog.`,
          hint: `Levels, from harmless to most sensitive: ${levels.join(', ')}.`,
        };
      else if (level !== undefined && levels.includes(level) && levels.indexOf(classification) > levels.indexOf(level))
        yield {
          ...about,
          message: `${part.instance || 'The payload'} is ${classification}, but the event is only ${level}.`,
          hint: `State "classification": "${classification}" in x-contract.`,
        };
    }
  },
};
