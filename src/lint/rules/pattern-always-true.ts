import { active } from '../../schema/dialect.ts';
import { isObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { append } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

export const patternAlwaysTrue: LintRule = {
  id: 'SCHEMA_PATTERN_ALWAYS_TRUE',
  summary: 'A pattern constrains: [a-z]* matches the empty string inside every string, and so accepts all of them.',
  severity: 'warning',
  *check({ document, inspection }): Generator<LintFinding> {
    for (const { schema, pointer, resource } of locations(document)) {
      const { dialect } = resource;
      const source = isObject(schema) ? active(schema, 'pattern', dialect) : undefined;
      if (typeof source !== 'string' || !inspection.isEmptyPattern(source)) continue;
      yield {
        pointer: append(pointer, 'pattern'),
        message: `The pattern ${JSON.stringify(source)} accepts every string.`,
        hint: 'Anchor it with ^ and $, or leave it out.',
      };
    }
  },
};
