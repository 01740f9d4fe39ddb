import { active } from '../../schema/dialect.ts';
import { type ForeignSyntax, foreignSyntax } from '../../schema/foreign-syntax.ts';
import { isObject, type JsonObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import type { LintFinding, LintRule } from '../rule.ts';

/** Validation §6.3.3: a pattern is one of ECMA-262. Elsewhere it accepts other strings, so that producers and consumers disagree. */
export const patternForeign: LintRule = {
  id: 'SCHEMA_PATTERN_FOREIGN',
  summary:
    'A pattern is one of ECMA-262: what other dialects write, such as \\A, \\Z, \\h or [[:alpha:]], means something else there.',
  severity: 'error',
  *check({ document }): Generator<LintFinding> {
    for (const location of locations(document))
      for (const [source, pointer] of patternsOf(location)) {
        const foreign = foreignSyntax(source);
        if (foreign.length > 0) yield { pointer, ...describe(foreign) };
      }
  },
};

function patternsOf({
  schema,
  pointer,
  resource: { dialect },
}: SchemaLocation): readonly (readonly [string, Pointer])[] {
  if (!isObject(schema)) return [];
  const pattern = active(schema, 'pattern', dialect);
  return [
    ...(typeof pattern === 'string' ? [[pattern, append(pointer, 'pattern')] as const] : []),
    ...namesOf(schema, dialect).map((source) => [source, append(pointer, 'patternProperties', source)] as const),
  ];
}

function namesOf(schema: JsonObject, dialect: SchemaLocation['resource']['dialect']): readonly string[] {
  const patterns = active(schema, 'patternProperties', dialect);
  return isObject(patterns) ? Object.keys(patterns) : [];
}

function describe(foreign: readonly ForeignSyntax[]): Omit<LintFinding, 'pointer'> {
  const written = foreign.map((each) => each.written);
  const replacements = foreign.flatMap((each) =>
    each.instead === undefined ? [] : [`${each.instead} instead of ${each.written}`],
  );
  const rest = foreign.filter(({ instead }) => instead === undefined).map((each) => each.written);
  const advice = [
    ...(replacements.length > 0 ? [`Write ${replacements.join(', ')}.`] : []),
    ...(rest.length > 0 ? [`Spell out what is meant by ${rest.join(', ')}.`] : []),
  ];
  return {
    message: `The pattern writes ${written.join(', ')} as other regular-expression dialects do; in ECMA-262 that means something else.`,
    hint: advice.join(' '),
    params: { written },
  };
}
