import type { LintFinding, LintRule } from '../rule.ts';
import { contradicting } from './part-unsatisfiable.ts';

export const unsatisfiable: LintRule = {
  id: 'SCHEMA_UNSATISFIABLE',
  summary: 'Some event is valid under the schema.',
  severity: 'warning',
  *check({ document, inspection }): Generator<LintFinding> {
    if (document.root === false) return;
    const keywords = inspection.contradiction('');
    if (keywords === undefined) return;
    yield {
      pointer: '',
      message: `No event can be valid: ${contradicting(keywords)}.`,
      params: { keywords },
    };
  },
};
