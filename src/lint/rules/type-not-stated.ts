import { active } from '../../schema/dialect.ts';
import { isObject, type Json } from '../../schema/json.ts';
import { walk } from '../../schema/walk.ts';
import type { LintFinding, LintRule } from '../rule.ts';

/** What says which types there can be, here or in what is combined with it. */
const tellingKeywords = [
  'type',
  'enum',
  'const',
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
] as const;

/** Validation §6.5.1: `properties` constrains objects; every other value passes. Branches and definitions may leave it to their users. */
export const typeNotStated: LintRule = {
  id: 'SCHEMA_TYPE_NOT_STATED',
  summary: 'A schema with "properties" says that its values are objects.',
  severity: 'info',
  *check({ document }): Generator<LintFinding> {
    for (const { schema, pointer, row, dialect } of walk(document.root, document.dialect)) {
      const standsAlone = row === undefined || row.meets === 'part';
      if (!standsAlone || !isObject(schema) || !hasMembers(active(schema, 'properties', dialect))) continue;
      if (tellingKeywords.some((keyword) => active(schema, keyword, dialect) !== undefined)) continue;
      yield {
        pointer,
        message: 'Nothing says that this is an object: "properties" lets every string, number, array and null pass.',
        hint: 'Add "type": "object".',
      };
    }
  },
};

function hasMembers(properties: Json | undefined): boolean {
  return isObject(properties) && Object.keys(properties).length > 0;
}
