/** The validator of events: one answer for all dialects, safe to feed with schemas and events of strangers. */
import { type AjvOptions, type Compiled, compileAjv } from './ajv.ts';
import { isAjvFaithful } from './departures.ts';
import type { SchemaDocument, SchemaProblem } from './document.ts';
import { type Evaluator, evaluatorOf } from './evaluator/evaluator.ts';
import type { Json } from './json.ts';
import { reachOf } from './locations.ts';
import type { CompiledSize } from './pattern.ts';
import { patternProblems, sizeOfPatterns } from './pattern-problems.ts';
import { referenceProblems } from './reference-problems.ts';
import type { Rejection } from './rejection.ts';
import { measure } from './value-size.ts';
import { WorkExceeded } from './work.ts';

export type { Rejection } from './rejection.ts';

export interface ValidatorOptions {
  /** Whether `format` constrains values or only annotates. Default assert. */
  readonly formats?: 'assert' | 'annotate';
  /** References that may be followed for one event; past them it is refused. */
  readonly maxReferences?: number;
}

export interface EventValidator {
  /** Why the event is refused; empty where it is accepted. At most 100. Never throws, whatever the value. */
  validate(value: Json): readonly Rejection[];
}

export type Compilation =
  | { readonly ok: true; readonly validator: EventValidator; readonly size: CompiledSize }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** JSON levels of an event: deeper ones are refused before any recursion. */
export const maxEventDepth = 256;

/**
 * Makes a validator of any document that registration accepts. Compiles once, validates often: 0.3 ms for a small schema, some µs an
 * event. Ajv answers first where it is faithful; what it refuses, and whatever it cannot compile, the evaluator answers.
 * @example
 * const compiled = compileValidator(document);
 * if (compiled.ok) compiled.validator.validate({ motionId: 7 });
 * // [{ instancePointer: '/motionId', schemaPointer: '/properties/motionId/type', keyword: 'type', params: { type: 'string' } }]
 */
export function compileValidator(document: SchemaDocument, options: ValidatorOptions = {}): Compilation {
  const problems = [...patternProblems(document), ...referenceProblems(document)];
  if (problems.length > 0) return { ok: false, problems };
  const { formats = 'assert', maxReferences } = options;
  const evaluator = evaluatorOf(document, { formats, maxReferences });
  const compiled = isAjvFaithful(document) ? compiledBy(document, { formats, maxReferences }) : undefined;
  const size = compiled?.size ?? sizeForEvaluator(document);
  return { ok: true, validator: { validate: (value) => validate(value, compiled?.ajv, evaluator) }, size };
}

/** What the evaluator makes of one schema, in characters of code that take as long. */
const evaluatorCharacters = 200;

function sizeForEvaluator(document: SchemaDocument): CompiledSize {
  const patterns = sizeOfPatterns(document);
  // what other documents hold is compiled with this one, and nobody counted it
  if (document.bundle.size > 0) return { ...patterns, characters: Number.POSITIVE_INFINITY };
  return { ...patterns, characters: patterns.characters + evaluatorCharacters * reachOf(document).own.length };
}

/** Whatever Ajv cannot compile is the evaluator's: an identifier that it finds twice, code too deep for the parser, a runtime that runs no generated code. */
function compiledBy(
  document: SchemaDocument,
  options: Omit<AjvOptions, 'allErrors'>,
): { readonly ajv: Compiled; readonly size: CompiledSize } | undefined {
  let size: CompiledSize = { characters: 0, states: 0 };
  const onCompiled = ({ characters, states }: CompiledSize) => {
    size = { characters: size.characters + characters, states: size.states + states };
  };
  try {
    const ajv = compileAjv(document, { ...options, allErrors: false, onCompiled });
    return { ajv, size };
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function validate(value: Json, ajv: Compiled | undefined, evaluator: Evaluator): readonly Rejection[] {
  if (measure(value).depth > maxEventDepth) return [limit('depth', maxEventDepth)];
  try {
    if (ajv !== undefined && isAccepted(ajv, value)) return [];
    return ajv === undefined && evaluator.accepts(value) ? [] : evaluator.rejections(value);
  } catch (error) {
    if (error instanceof WorkExceeded) return [limit('references')];
    throw error;
  }
}

/** An event that recurses too deep for Ajv's code is the evaluator's, which needs no stack. */
function isAccepted(ajv: Compiled, value: Json): boolean {
  ajv.restart();
  try {
    return ajv.validate(value) === true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function limit(name: string, maximum?: number): Rejection {
  const params: Record<string, Json> = maximum === undefined ? { limit: name } : { limit: name, maximum };
  return { instancePointer: '', schemaPointer: '', keyword: 'limit', params };
}
