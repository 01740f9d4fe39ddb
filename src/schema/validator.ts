/** The validator of events: Ajv behind one function, for all dialects, safe to feed with schemas and events of strangers. */
import { type Compiled, compileAjv } from './ajv.ts';
import { WorkExceeded } from './ajv-keywords.ts';
import type { SchemaDocument, SchemaProblem } from './document.ts';
import { isObject, type Json } from './json.ts';
import { linearPattern, type PatternResult } from './pattern.ts';
import { parsePattern } from './pattern-syntax.ts';
import { append } from './pointer.ts';
import { type Rejection, rejection } from './rejection.ts';
import { measure } from './value-size.ts';
import { walk } from './walk.ts';

export type { Rejection } from './rejection.ts';

export interface ValidatorOptions {
  /** Whether `format` constrains values or only annotates. Default assert. */
  readonly formats?: 'assert' | 'annotate';
}

export interface EventValidator {
  /** Why the event is refused; empty where it is accepted. At most 100. Never throws, whatever the value. */
  validate(value: Json): readonly Rejection[];
}

/** A document that cannot be validated against safely is refused at registration with these problems. */
export type Compilation =
  | { readonly ok: true; readonly validator: EventValidator }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** JSON levels of an event: deeper ones are refused before any recursion. */
export const maxEventDepth = 256;
const maxRejections = 100;
// collecting all errors is quadratic in their number inside Ajv: for large events the first one must do
const maxValuesForAllErrors = 2_000;

/**
 * Compiles once, validates often: 0.3 ms for a small schema, some µs an event.
 * @example
 * const compiled = compileValidator(document);
 * if (compiled.ok) compiled.validator.validate({ motionId: 7 });
 * // [{ instancePointer: '/motionId', schemaPointer: '/properties/motionId/type', keyword: 'type', params: { type: 'string' } }]
 */
export function compileValidator(document: SchemaDocument, options: ValidatorOptions = {}): Compilation {
  const problems = patternProblems(document);
  if (problems.length > 0) return { ok: false, problems };
  const formats = options.formats ?? 'assert';
  try {
    const first = compileFirst(document, formats);
    let every: Compiled | undefined;
    const all = () => {
      every ??= compileAjv(document, { formats, allErrors: true });
      return every;
    };
    // Ajv's two modes disagree on `contains` (each accepts what the other rightly refuses): where it is used both must accept
    const bothModes = usesContains(document);
    return { ok: true, validator: { validate: (value) => validate(value, first, all, bothModes) } };
  } catch (error) {
    return { ok: false, problems: [compileProblem(error)] };
  }
}

/** Why no validator can be made of the document. It is made to be thrown away: not optimised, and no errors to be told. */
export function compileProblems(
  document: SchemaDocument,
  formats: 'assert' | 'annotate' = 'assert',
): readonly SchemaProblem[] {
  const problems = patternProblems(document);
  if (problems.length > 0) return problems;
  try {
    compileFirst(document, formats, true);
    return [];
  } catch (error) {
    return [compileProblem(error)];
  }
}

/** The mode that stops at the first error nests its code once for each property: 5,000 of them end the parser's stack. */
function compileFirst(document: SchemaDocument, formats: 'assert' | 'annotate', verdictOnly = false): Compiled {
  try {
    return compileAjv(document, { formats, allErrors: false, verdictOnly });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return compileAjv(document, { formats, allErrors: true, verdictOnly });
  }
}

function validate(value: Json, first: Compiled, all: () => Compiled, bothModes: boolean): readonly Rejection[] {
  const size = measure(value);
  if (size.depth > maxEventDepth) return [limit('depth', maxEventDepth)];
  try {
    const isAccepted = accepts(first, value);
    if (isAccepted && !bothModes) return [];
    if (isAccepted || size.values <= maxValuesForAllErrors) {
      const compiled = all();
      if (collected(compiled, value) === false) return rejections(compiled);
      if (isAccepted) return [];
    }
    return rejections(first);
  } catch (error) {
    if (error instanceof WorkExceeded) return [limit('references')];
    if (error instanceof RangeError) return [limit('recursion')];
    // the same flaw in the other mode, for schemas that ask what has been evaluated: nothing is known, so nothing is accepted
    if (error instanceof TypeError) return [limit('evaluation')];
    throw error;
  }
}

function accepts(compiled: Compiled, value: Json): boolean {
  compiled.restart();
  return compiled.validate(value) === true;
}

/**
 * What the mode that collects all errors says, or undefined where it breaks: after a failure Ajv may note evaluated members
 * in a record it has not made.
 */
function collected(compiled: Compiled, value: Json): boolean | undefined {
  try {
    return accepts(compiled, value);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function rejections(compiled: Compiled): readonly Rejection[] {
  return (compiled.validate.errors ?? []).slice(0, maxRejections).map((error) => rejection(error, compiled));
}

function limit(name: string, maximum?: number): Rejection {
  const params: Record<string, Json> = maximum === undefined ? { limit: name } : { limit: name, maximum };
  return { instancePointer: '', schemaPointer: '', keyword: 'limit', params };
}

function documents(document: SchemaDocument): readonly SchemaDocument[] {
  const found = new Set([document]);
  for (const each of found) for (const bundled of each.bundle.values()) found.add(bundled);
  return [...found];
}

/** Where Ajv's two modes may disagree. */
export function usesContains(document: SchemaDocument): boolean {
  for (const each of documents(document)) {
    for (const { keyword } of walk(each.root, each.dialect)) if (keyword === 'contains') return true;
  }
  return false;
}

/** Patterns that cannot be matched in linear time, in this document; those of the bundle were looked at when it was registered. */
export function patternProblems(document: SchemaDocument): readonly SchemaProblem[] {
  return problemsOfPatterns(document, (source) => linearPattern(source));
}

/** Patterns that are none at all. */
export function invalidPatterns(document: SchemaDocument): readonly SchemaProblem[] {
  return problemsOfPatterns(document, (source) => {
    const parsed = parsePattern(source);
    return typeof parsed === 'string' ? { ok: false, reason: 'invalid', detail: parsed } : undefined;
  });
}

type Look = (source: string) => PatternResult | undefined;

function problemsOfPatterns({ root, dialect }: SchemaDocument, look: Look): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  for (const { schema, pointer } of walk(root, dialect)) {
    if (!isObject(schema)) continue;
    const { pattern, patternProperties } = schema;
    if (typeof pattern === 'string') problems.push(...patternProblem(pattern, append(pointer, 'pattern'), look));
    if (!isObject(patternProperties)) continue;
    for (const source of Object.keys(patternProperties)) {
      problems.push(...patternProblem(source, append(pointer, 'patternProperties', source), look));
    }
  }
  return problems;
}

function patternProblem(source: string, pointer: string, look: Look): readonly SchemaProblem[] {
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

function compileProblem(error: unknown): SchemaProblem {
  if (error instanceof RangeError) {
    return { rule: 'SCHEMA_TOO_LARGE', pointer: '', message: 'is too deep or too wide to compile into a validator' };
  }
  const message = error instanceof Error ? error.message : String(error);
  const missing = error instanceof Error && 'missingRef' in error ? String(error.missingRef) : undefined;
  if (missing === undefined) return { rule: 'SCHEMA_INVALID', pointer: '', message };
  const params = { reference: missing };
  return {
    rule: 'SCHEMA_REFERENCE_UNRESOLVED',
    pointer: '',
    message: `refers to ${missing}, which is not here`,
    params,
  };
}
