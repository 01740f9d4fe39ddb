import { isReplaced, keywordRow } from '../../schema/dialect.ts';
import { isObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { append } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

/** Draft-07 core §8.3: "All other properties in a "$ref" object MUST be ignored." */
export const refSiblingsIgnored: LintRule = {
  id: 'SCHEMA_REF_SIBLINGS_IGNORED',
  summary: 'Nothing that would constrain stands beside a $ref that replaces its schema (up to draft-07).',
  severity: 'warning',
  *check({ document }): Generator<LintFinding> {
    for (const { schema, pointer, resource } of locations(document)) {
      const { dialect } = resource;
      if (!isObject(schema) || !isReplaced(schema, dialect)) continue;
      const ignored = Object.keys(schema).filter((keyword) => {
        const role = keywordRow(keyword, dialect)?.role;
        return role === 'assertion' || role === 'applicator';
      });
      if (ignored.length === 0) continue;
      yield {
        pointer: append(pointer, '$ref'),
        message: `Beside "$ref", ${dialect} ignores ${ignored.map((keyword) => `"${keyword}"`).join(', ')}.`,
        hint: 'Put the reference into "allOf", or state a later "$schema".',
        params: { ignored },
      };
    }
  },
};
