/** Patterns that no validator could run: refused before anything is compiled. */
import type { SchemaDocument, SchemaProblem } from './document.ts';
import { isObject } from './json.ts';
import { reachOf } from './locations.ts';
import { type CompiledSize, linearPattern, type PatternResult } from './pattern.ts';
import { parsePattern } from './pattern-syntax.ts';
import { append, type Pointer } from './pointer.ts';
import type { SchemaLocation } from './reference.ts';

/**
 * Patterns that cannot be matched in linear time, in this document and in what it alone refers to in others. Those that the others
 * reach themselves were looked at when they were registered.
 */
export function patternProblems(document: SchemaDocument): readonly SchemaProblem[] {
  return problemsOfPatterns(document, (source) => linearPattern(source));
}

/** Of all patterns that the evaluator of this document may compile, but for those of documents that it refers to. */
export function sizeOfPatterns(document: SchemaDocument): CompiledSize {
  let [characters, states] = [0, 0];
  problemsOfPatterns(document, (source) => {
    const result = linearPattern(source);
    if (!result.ok) return undefined;
    characters += result.characters;
    states += result.states;
    return undefined;
  });
  return { characters, states };
}

/** Patterns that are none at all. */
export function invalidPatterns(document: SchemaDocument): readonly SchemaProblem[] {
  return problemsOfPatterns(document, (source) => {
    const parsed = parsePattern(source);
    return typeof parsed === 'string' ? { ok: false, reason: 'invalid', detail: parsed } : undefined;
  });
}

type Look = (source: string) => PatternResult | undefined;

function problemsOfPatterns(document: SchemaDocument, look: Look): readonly SchemaProblem[] {
  const { own, beyond } = reachOf(document);
  return [
    ...own.flatMap((location) => problemsAt(location, look)),
    ...beyond.flatMap(({ location, from }) =>
      problemsAt(location, look).map(({ pointer, message, ...rest }) => ({
        ...rest,
        pointer: from,
        message: `leads to #${pointer} of ${location.resource.uri}, which ${message}`,
      })),
    ),
  ];
}

function problemsAt({ schema, pointer }: SchemaLocation, look: Look): readonly SchemaProblem[] {
  if (!isObject(schema)) return [];
  const { pattern, patternProperties } = schema;
  return [
    ...(typeof pattern === 'string' ? patternProblem(pattern, append(pointer, 'pattern'), look) : []),
    ...Object.keys(isObject(patternProperties) ? patternProperties : {}).flatMap((source) =>
      patternProblem(source, append(pointer, 'patternProperties', source), look),
    ),
  ];
}

function patternProblem(source: string, pointer: Pointer, look: Look): readonly SchemaProblem[] {
  const result = look(source);
  if (result === undefined || result.ok) return [];
  const why = {
    invalid: 'is no regular expression',
    feature: 'cannot be matched in linear time',
    size: 'is too large',
  };
  const params = { pattern: source, reason: result.reason, detail: result.detail };
  return [{ rule: 'SCHEMA_PATTERN_UNSUPPORTED', pointer, message: `${why[result.reason]}: ${result.detail}`, params }];
}
