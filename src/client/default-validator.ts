/**
 * The validator for those who bring none: made by our own generator, as fast as Ajv and smaller. In a file of its own, so that
 * importing the client does not load it.
 */

import { text } from '../codegen/validator/emission.ts';
import { emitValidator, mostReferences } from '../codegen/validator/emit.ts';
import type { Json } from '../schema/json.ts';
import { linearPattern, type Pattern } from '../schema/pattern.ts';
import { HeraldError } from './error.ts';
import type { CompileValidator, Rejection } from './options.ts';
import { isTame } from './tame-pattern.ts';

type Made = (pattern: (source: string) => Pattern) => (value: Json) => readonly Rejection[];

const none: readonly Rejection[] = [];

export const compile: CompileValidator = (document, { formats }) => {
  const patternText = (source: string) => `pattern(${text(source)})`;
  const { text: code, entries } = emitValidator(document, { asserts: formats === 'assert', patternText });
  // two passes: the first one builds nothing and is all that valid events need
  const body = `${code}
const run = (v, out) => {
  left = ${mostReferences};
  return ${entries[0]};
};
return (v) => {
  if (run(v, null)) return null;
  const out = [];
  run(v, out);
  return out;
};`;
  const validate = functionOf(body)(patternOf);
  return { validate: (value) => guarded(validate, value) };
};

function guarded(validate: ReturnType<Made>, value: Json): readonly Rejection[] {
  try {
    return validate(value) ?? none;
  } catch (error) {
    // deeper than the stack, or references without end
    if (!(error instanceof RangeError)) throw error;
    return [{ instancePointer: '', schemaPointer: '', keyword: 'limit', params: { limit: 'recursion' } }];
  }
}

function functionOf(body: string): Made {
  try {
    return new Function('pattern', body) as Made;
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError) throw cause;
    const message = 'This runtime does not run generated code: pass a validator as `compile` or `validators`.';
    throw new HeraldError('VALIDATOR_UNAVAILABLE', message, { cause });
  }
}

/** The native engine where it cannot stall, else one that takes linear time. */
function patternOf(source: string): Pattern {
  if (isTame(source)) return nativePattern(source);
  const linear = linearPattern(source);
  if (linear.ok) return linear.pattern;
  throw new HeraldError('SCHEMA_INVALID', `The pattern ${source} cannot be matched in linear time.`, {
    details: { reason: linear.reason },
  });
}

function nativePattern(source: string): Pattern {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}
