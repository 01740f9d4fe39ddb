import { isForeign, type Keyword, keywords } from '../../schema/dialect.ts';
import { isObject, type JsonObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

/** A row is a keyword and what says the same in the dialects that do not know it. */
const successors: Readonly<Partial<Record<Keyword, string>>> = {
  id: '"$id"',
  $id: '"id"',
  dependencies: '"dependentRequired" and "dependentSchemas"',
  additionalItems: '"items" beside "prefixItems"',
  prefixItems: 'a list of schemas in "items"',
  const: 'an "enum" of one value',
  $recursiveRef: '"$dynamicRef"',
  $recursiveAnchor: '"$dynamicAnchor"',
  $defs: '"definitions"',
  dependentRequired: '"dependencies"',
  dependentSchemas: '"dependencies"',
};

export const keywordNotInDialect: LintRule = {
  id: 'SCHEMA_KEYWORD_NOT_IN_DIALECT',
  summary: 'No keyword of another dialect stands where it says nothing.',
  severity: 'warning',
  *check({ document }): Generator<LintFinding> {
    for (const { schema, pointer, resource } of locations(document)) {
      const { dialect } = resource;
      if (!isObject(schema)) continue;
      if (Object.hasOwn(schema, '$schema') && !mayStateDialect(schema, pointer))
        yield {
          pointer: append(pointer, '$schema'),
          message: `"$schema" says nothing inside a schema of ${dialect}: it counts at the root and beside an identifier.`,
          hint: 'Leave it out, or give this part an "$id" of its own.',
          params: { keyword: '$schema', dialect },
        };
      for (const keyword of Object.keys(schema)) {
        // an annotation that its dialect does not know constrains as little as one that it knows
        if (!isForeign(keyword, dialect) || keywords[keyword as Keyword].role === 'annotation') continue;
        const instead = successors[keyword as Keyword];
        yield {
          pointer: append(pointer, keyword),
          message: `"${keyword}" is no keyword of ${dialect}, so it says nothing.`,
          hint: `State a "$schema" that knows it${instead === undefined ? '' : `, or write ${instead}`}.`,
          params: { keyword, dialect },
        };
      }
    }
  },
};

/** Core §8.1.1: in the root of a schema resource. */
function mayStateDialect(schema: JsonObject, pointer: Pointer): boolean {
  return pointer === '' || Object.hasOwn(schema, '$id') || Object.hasOwn(schema, 'id');
}
