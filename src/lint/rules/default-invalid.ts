import { isObject, member } from '../../schema/json.ts';
import { append, resolve } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

export const defaultInvalid: LintRule = {
  id: 'SCHEMA_DEFAULT_INVALID',
  summary: 'A default is valid under the schema that states it.',
  severity: 'warning',
  *check({ document, inspection }): Generator<LintFinding> {
    for (const pointer of inspection.pointers) {
      const schema = resolve(document.root, pointer);
      const value = isObject(schema) ? member(schema, 'default') : undefined;
      if (value === undefined || inspection.accepts(pointer, value) !== false) continue;
      yield {
        pointer: append(pointer, 'default'),
        message: 'The default is not valid under the schema that states it.',
        hint: 'A producer that fills it in makes an event that is rejected.',
      };
    }
  },
};
